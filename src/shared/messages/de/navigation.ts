import type { NAVIGATION as EN } from '../en/navigation';
import type { Translated } from '../translated';

export const NAVIGATION: Translated<typeof EN> = {
  'navigation.label': 'Ansichten',
  'navigation.overview': 'Überblick',
  'navigation.sessions': 'Sitzungen',
  'navigation.servers': 'Server',
  'navigation.history': 'Verlauf',
  'navigation.activity': 'Aktivität',
  'navigation.connect': 'Verbinden',
  'navigation.settings': 'Einstellungen',
  'navigation.diagnostics': 'Diagnose',
  'navigation.attached': 'aktiv oder ruhend',
  'navigation.attention': '{count, plural, one {# braucht Aufmerksamkeit} other {# brauchen Aufmerksamkeit}}',
};
