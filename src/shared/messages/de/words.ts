import type { WORDS as EN } from '../en/words';
import type { Translated } from '../translated';

export const WORDS: Translated<typeof EN> = {
  'words.status.active': 'Aktiv',
  'words.status.idle': 'Ruhend',
  'words.status.disconnected': 'Getrennt',
  'words.status.expired': 'Abgelaufen',
  'words.status.closed': 'Beendet',
  'words.status.active.meaning': 'Der Client ist verbunden und hat die Sitzung in der letzten Minute benutzt.',
  'words.status.idle.meaning': 'Der Client ist verbunden, aber still.',
  'words.status.disconnected.meaning': 'Der Client ist weg. Er kann in diese Sitzung zurückkehren.',
  'words.status.expired.meaning': 'Der Client war zu lange weg. Die Sitzung ist vorbei.',
  'words.status.closed.meaning': 'Die Sitzung wurde absichtlich beendet.',

  'words.client.other': 'Anderer',
  'words.client.unnamed': 'Client ohne Namen',
  'words.names.more': '{names} und {count, number} weitere',
  'words.process': 'Prozess {pid}',
  'words.process.aside': 'Prozess {pid}',
  'words.process.in_folder': '{folder}, Prozess {pid}',
  'words.process.of': '{name}, Prozess {pid}',
  'words.process.of_in_folder': '{name} in {folder}, Prozess {pid}',
  'words.session.in_folder': '{name} in {folder}',

  'words.cause.resumed': 'Zurückgekehrt',
  'words.cause.restored': 'Holdfast neu gestartet',
  'words.cause.reinitialized': 'Client begann neu',
  'words.cause.token': 'Mit Token',
  'words.cause.taken_over': 'Übernommen',
  'words.cause.resumed.meaning': 'Der Client hat seine alte Sitzungs-ID wieder benutzt.',
  'words.cause.restored.meaning':
    'Holdfast war neu gestartet worden, und der Client machte mit seiner alten Sitzungs-ID weiter.',
  'words.cause.reinitialized.meaning': 'Der Client begann rechtzeitig neu und bekam seine Sitzung zurück.',
  'words.cause.token.meaning': 'Der Client hat sein Rückkehr-Token vorgelegt.',
  'words.cause.taken_over.meaning': 'Jemand hat die Sitzung übergeben, und der andere Client hat sie fortgesetzt.',

  'words.flag.pinned': 'Angeheftet',
  'words.flag.pinned.meaning': 'Bleibt mit ihren Prozessen erhalten, bis sie gelöst oder beendet wird',
  'words.flag.shared': 'Geteilt',
  'words.flag.shared.meaning': 'Benutzt dieselben Prozesse der Server wie die Sitzung von {client}',
  'words.flag.flapping': 'Instabil',
  'words.flag.flapping.meaning': '5 oder mehr Rückkehren in 10 Minuten',
  'words.flag.degraded': 'Eingeschränkt',
  'words.flag.degraded.meaning': 'Aufrufe gehen, aber der Push-Stream ist abgebrochen',
  'words.flag.probe': 'Probe',
  'words.flag.probe.meaning': 'Verbunden, aber nie benutzt; nicht mitgezählt',

  'words.theme.system': 'System',
  'words.theme.light': 'Hell',
  'words.theme.dark': 'Dunkel',
};
