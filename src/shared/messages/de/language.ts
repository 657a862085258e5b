import type { LANGUAGE as EN } from '../en/language';
import type { Translated } from '../translated';

export const LANGUAGE: Translated<typeof EN> = {
  'language.label': 'Sprache',
  'language.help': 'Wörter, Daten und Zahlen dieses Fensters oder Browsers. Es wird neu geladen.',
  'language.note': 'Wird hier gespeichert, nicht im Datenordner.',
  'language.system': 'System',
};
