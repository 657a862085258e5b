import type { OVERVIEW as EN } from '../en/overview';
import type { Translated } from '../translated';

export const OVERVIEW: Translated<typeof EN> = {
  'overview.label': 'Überblick',
  'overview.notices': 'Hinweise',
  'overview.notice.link':
    'Der geöffnete Link führt zu keiner Stelle in Holdfast. Ein Link kann eine Ansicht, eine Sitzung oder einen Server öffnen.',
  'overview.by_status': 'Sitzungen nach Zustand',
  'overview.sessions': 'Offene Sitzungen',
  'overview.sessions.count': '{count, plural, one {# offene Sitzung} other {# offene Sitzungen}}',
  'overview.sessions.all': 'Alle {count, number} anzeigen',
  'overview.sessions.none': 'Zurzeit keine Sitzungen',
  'overview.sessions.none.text': 'Eine Sitzung erscheint hier mit dem ersten Aufruf eines Clients.',
  'overview.reconnects': 'Rückkehren und Trennungen der letzten 24 Stunden',
  'overview.history': 'Verlauf',

  'overview.servers': '{count, plural, one {# Server} other {# Server}}',
  'overview.servers.running': '{count, plural, one {# läuft} other {# laufen}}',
  'overview.servers.starting': '{count, plural, one {# startet} other {# starten}}',
  'overview.servers.stopped': '{count, number} nicht in Gebrauch',
  'overview.servers.attention': '{count, plural, one {# braucht Aufmerksamkeit} other {# brauchen Aufmerksamkeit}}',
  'overview.servers.off': '{count, number} aus',
  'overview.servers.memory': '{memory} Speicher',
  'overview.servers.memory.meaning': 'Speicher aller ihrer Prozesse',
};
