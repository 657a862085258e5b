import type { CALLS as EN } from '../en/calls';
import type { Translated } from '../translated';

export const CALLS: Translated<typeof EN> = {
  'calls.title': 'Läuft gerade',
  'calls.none': 'Kein Aufruf läuft länger als einen Moment',
  'calls.count': '{count, plural, =0 {keiner} one {# Aufruf} other {# Aufrufe}}',
  'calls.handles': '{count, plural, one {# Abholnummer} other {# Abholnummern}}',
  'calls.waiting': '{count, plural, one {# Antwort wartet} other {# Antworten warten}}',
  'calls.list': 'Aufrufe, die gerade laufen, und solche mit Abholnummer',
  'calls.export': 'Aufrufe exportieren…',
  'calls.explained':
    'Ein Aufruf, der länger dauert, als sein Client wartet, wird mit einer Abholnummer beantwortet und läuft weiter. Damit holt der Client die Antwort ab, 24 Stunden lang.',
  'calls.state.in_flight': 'Client wartet',
  'calls.state.running': 'Abholnummer, Server arbeitet daran',
  'calls.state.answered': 'Abholnummer, Antwort wartet',
  'calls.state.fetched': 'Abholnummer, Antwort abgeholt',
  'calls.state.gone': 'Abholnummer, Antwort verfallen',
  'calls.state.cancelled': 'Abgebrochen',
  'calls.failed': 'mit einem Fehler',
  'calls.progress': '{done, number} von {total, number}',
  'calls.cancel': 'Abbrechen',
  'calls.cancel.what': '{what} abbrechen',
};
