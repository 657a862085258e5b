import type { SERVER_IMPORT as EN } from '../en/server-import';
import type { Translated } from '../translated';

export const SERVER_IMPORT: Translated<typeof EN> = {
  'server_import.title': 'Server importieren',
  'server_import.what':
    'Aus den Einstellungen anderer Programme. Deren Dateien werden nur gelesen; Werte von Variablen und Headern werden übernommen, aber nie angezeigt.',
  'server_import.again': 'Erneut suchen',
  'server_import.found': 'Gefundene Server',
  'server_import.none': 'In keinem anderen Programm auf diesem Rechner sind Server eingerichtet.',
  'server_import.note': 'Kein Befehl läuft, bevor er geprüft ist.',
  'server_import.cancel': 'Abbrechen',
  'server_import.import': '{count, plural, =0 {Importieren} one {# Server importieren} other {# Server importieren}}',
  'server_import.imported': '{count, plural, one {# Server} other {# Server}} importiert',
  'server_import.imported.twice':
    'In den Dateien der anderen Programme stehen sie auch noch. „Eigene Server“ unter Verbinden nimmt sie dort heraus.',
  'server_import.searched': 'Durchsucht',
  'server_import.unreadable': '{file} <problem>– nicht lesbar: {why}</problem>',
  'server_import.not_found': '{file} – nicht gefunden',
  'server_import.caption': 'Server anderer Programme',
  'server_import.column.import': 'Importieren',
  'server_import.column.name': 'Name in Holdfast',
  'server_import.column.command': 'Befehl oder Adresse',
  'server_import.column.verdict': 'Was geschieht',
  'server_import.choose': '{name} importieren',
  'server_import.originally': 'ursprünglich {name}',
  'server_import.with': 'mit {names}',
  'server_import.verdict.new': 'Neu',
  'server_import.verdict.renamed': 'Umbenannt',
  'server_import.verdict.same': 'Schon vorhanden',
  'server_import.verdict.not_possible': 'Nicht möglich',
  'server_import.verdict.holdfast': 'Holdfast selbst',
};
