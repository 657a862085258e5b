import type { LANGUAGE as EN } from '../en/language';
import type { Translated } from '../translated';

export const LANGUAGE: Translated<typeof EN> = {
  'language.label': 'Sprache',
  'language.help': 'Wörter, Daten und Zahlen dieses Fensters oder Browsers, das dann neu lädt.',
  'language.note': 'In diesem Fenster gespeichert, nicht im Datenordner.',
  'language.system': 'System',
};
