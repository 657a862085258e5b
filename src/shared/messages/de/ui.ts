import type { UI as EN } from '../en/ui';
import type { Translated } from '../translated';

export const UI: Translated<typeof EN> = {
  'ui.cancel': 'Abbrechen',
  'ui.close': 'Schließen',
  'ui.done': 'Fertig',
  'ui.save': 'Speichern',
  'ui.discard': 'Änderungen verwerfen?',
  'ui.discard_do': 'Verwerfen',
  'ui.undo': 'Rückgängig',
  'ui.dismiss': 'Ausblenden',
  'ui.try_again': 'Erneut versuchen',
  'ui.show_older': 'Ältere anzeigen',
  'ui.copy': 'Kopieren',
  'ui.copied': 'Kopiert',
  'ui.copy_by_hand': 'Markieren und {keys} drücken',
  'ui.defect': 'Im Fenster ist etwas schiefgegangen. Neu laden und erneut versuchen.',
  'ui.latency': 'Letzter Aufruf: {latest}, der langsamste von {count, number}: {slowest}',
};
