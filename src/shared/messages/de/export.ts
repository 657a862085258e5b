import type { EXPORT as EN } from '../en/export';
import type { Translated } from '../translated';

export const EXPORT: Translated<typeof EN> = {
  'export.label': 'Exportieren …',
  'export.chart': 'Diagramm exportieren …',
  'export.rows': '{count, plural, one {# Zeile} other {# Zeilen}} …',
  'export.failed': 'Nicht exportiert',
  'export.cut':
    'In der Datei {count, plural, one {steht nur die neueste Zeile} other {stehen nur die neuesten # Zeilen}}',
  'export.cut.text': 'Es gibt weitere, ältere Treffer. Der Filter kann die Auswahl eingrenzen.',
  'export.kind.csv': 'CSV für Tabellenkalkulationen',
  'export.kind.json': 'JSON-Datei',
  'export.kind.jsonl': 'JSON Lines (eine Zeile je Eintrag)',
  'export.kind.har': 'HAR für die Netzwerkanalyse im Browser',
  'export.kind.png': 'PNG (Bild)',
  'export.kind.svg': 'SVG (Zeichnung)',

  'bundle.ask': 'Paket für einen Fehlerbericht …',
  'bundle.title': 'Diagnose für einen Fehlerbericht',
  'bundle.about.all':
    'Was am letzten Tag geschehen ist, in einer Zip-Datei. Vor dem Speichern wird nichts geschrieben, und es wird nichts gesendet.',
  'bundle.about.session':
    'Was diese Sitzung betrifft, in einer Zip-Datei. Vor dem Speichern wird nichts geschrieben, und es wird nichts gesendet.',
  'bundle.about.moment':
    'Was mit dieser Sitzung, oder ohne eine mit allen, zehn Minuten vor und nach dieser Nachricht geschehen ist, in einer Zip-Datei. Vor dem Speichern wird nichts geschrieben, und es wird nichts gesendet.',
  'bundle.left_out':
    'Nicht enthalten: Schlüssel, Token, Passwörter, Werte und Befehle von Servern, Inhalte von Aufrufen. Enthalten: Namen von Servern, Tools, Clients und Ordnern sowie Fehlertexte.',
  'bundle.preparing': 'Wird zusammengestellt …',
  'bundle.files': 'Inhalt',
  'bundle.cut': 'ältere fehlen',
  'bundle.show': '{name} anzeigen',
  'bundle.back': 'Zurück zur Liste',
  'bundle.text': 'Text von {name}',
  'bundle.save': 'Speichern ({size}) …',
  'bundle.file.readme': 'Der Inhalt in Worten',
  'bundle.file.diagnosis': 'Versionen, Ordner, Prüfungen, Server, Abstürze und das Ende des Logs',
  'bundle.file.settings': 'Alle Einstellungen und woher ihre Werte stammen',
  'bundle.file.servers_state': 'Zustand der Server, letzte Fehler und Zeilen ihrer Fehlerausgabe',
  'bundle.file.servers_shape': 'Die Felder von servers.json ohne einen einzigen Wert',
  'bundle.file.sessions': 'Die Sitzungen mit Client, Ordner und Zählern',
  'bundle.file.timeline': 'Was mit ihnen und den Servern geschehen ist',
  'bundle.file.activity': 'Was aufgerufen wurde und wie es ausging, ohne Inhalte',
  'bundle.file.log': 'Das Ende des Logs',
  'bundle.file.doctor': 'Der letzte Lauf der Prüfungen',
};
