import type { CONTENTS as EN } from '../en/contents';
import type { Translated } from '../translated';

export const CONTENTS: Translated<typeof EN> = {
  'contents.title': 'Inhalt',
  'contents.arguments': 'Argumente',
  'contents.params': 'Parameter',
  'contents.result': 'Ergebnis',
  'contents.error': 'Fehler',
  'contents.empty': 'Leer',
  'contents.masked': '{count, plural, one {# Wert verdeckt} other {# Werte verdeckt}}',
  'contents.cut': 'Gekürzt: es waren {bytes}',
  'contents.too_long': 'Zu lang zum Aufzeichnen: {bytes}',
  'contents.none':
    'Der Inhalt dieser Nachricht wurde nicht aufgezeichnet oder ist weg: Inhalte bleiben höchstens 24 Stunden.',
  'contents.none.on': 'Inhalte werden gerade aufgezeichnet: die der nächsten Aufrufe stehen hier.',
  'contents.none.masks': 'Was wie ein Geheimnis aussieht, wird vor dem Speichern verdeckt.',
  'contents.record.everything': 'Inhalte {minutes, plural, one {# Minute} other {# Minuten}} lang aufzeichnen',
  'contents.record.server': 'Inhalte von {server} aufzeichnen',
  'contents.recording': 'Inhalte werden aufgezeichnet',
  'contents.recording.everything': 'Von allem, noch {minutes, plural, one {# Minute} other {# Minuten}}',
  'contents.recording.server': 'Von {server}, bis zum Ausschalten',
  'contents.recording.about':
    'Argumente und Ergebnisse werden gespeichert, ohne was wie ein Geheimnis aussieht, höchstens 24 Stunden lang.',
  'contents.recording.stop': 'Beenden',
  'contents.recording.stop_server': 'Aufzeichnung von {server} beenden',
  'contents.recording.stop_all': 'Aufzeichnung beenden',
  'contents.recording.failed': 'Die Aufzeichnung ließ sich nicht ändern',

  'contents.tree': '{title} als Baum',
  'contents.tree.keys': 'Pfeiltasten bewegen, öffnen und schließen.',
  'contents.tree.list': '{count, plural, one {# Eintrag} other {# Einträge}}',
  'contents.tree.object': '{count, plural, one {# Feld} other {# Felder}}',
  'contents.tree.more': '{count, plural, one {# weiteren zeigen} other {# weitere zeigen}}',
  'contents.tree.copy_value': 'Wert kopieren',
  'contents.tree.copy_path': 'Pfad kopieren',
  'contents.tree.root': 'ganz',

  'contents.image': 'Bild, {type}, {bytes}',
  'contents.audio': 'Ton, {type}, {bytes}',
  'contents.media.cut': '{type}, gekürzt: nicht darstellbar',
  'contents.media.unknown': '{type}, {bytes}',
  'contents.resource': 'Ressource',
  'contents.link': 'Verweis auf eine Ressource',
  'contents.structured': 'Strukturierter Inhalt',
};
