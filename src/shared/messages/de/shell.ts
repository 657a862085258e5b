import type { SHELL as EN } from '../en/shell';
import type { Translated } from '../translated';

export const SHELL: Translated<typeof EN> = {
  'shell.changes': 'Änderungen',
  'shell.find': 'Suchen',
  'shell.theme': 'Design: {theme}',
  'shell.theme.label': 'Design',
  'shell.failed.title': 'In dieser Ansicht ist ein Fehler aufgetreten',
  'shell.failed.text': 'Die Sitzungen sind nicht betroffen: Sie leben in Holdfast, nicht in diesem Fenster.',
  'shell.failed.action': 'Erneut anzeigen',
  'shell.sign_in.title': 'Anmelden, um Holdfast zu sehen',
  'shell.sign_in.text': 'Der Link gilt einmal. Er kann hier oder in einem anderen Tab dieses Browsers geöffnet werden.',
  'shell.not_connected': 'Nicht verbunden',

  'connection.label': 'Verbindung:',
  'connection.live': 'Aktuell',
  'connection.reconnecting': 'Verbindet neu',
  'connection.polling': 'Abfrage',
  'connection.offline': 'Offline',
  'connection.said': '{state}.',
  'connection.no_data': 'noch keine Daten',
  'connection.data_age': 'Stand vor {age}',
  'connection.next_try': 'Nächster Versuch {when}.',
  'connection.all_well': 'Jede Änderung ist hier sofort zu sehen.',
  'connection.waiting': 'Warten auf Holdfast.',
  'connection.reconnect_now': 'Jetzt neu verbinden',
  'connection.pause': 'Aktualisierung anhalten',
  'connection.paused': 'Die Aktualisierung ist angehalten. Die Sitzungen laufen weiter.',
  'connection.not_responding': 'Holdfast antwortet nicht.',
  'connection.silent': 'Holdfast hat sich eine Weile nicht gemeldet.',
  'connection.stopping': 'Holdfast wird beendet oder neu gestartet.',
  'connection.too_slow': 'Diese Seite kam mit den Meldungen nicht mehr mit.',
  'connection.broke': 'Die Verbindung zu Holdfast ist abgebrochen.',
  'connection.no_answer': 'Holdfast hat {seconds, number} s lang nicht geantwortet. Bitte erneut versuchen.',
  'connection.sign_in':
    'Dieser Browser ist nicht angemeldet. „holdfast open“ auf diesem Rechner ausführen: Dann öffnet sich hier ein frischer Link.',
  'connection.link_used':
    'Dieser Anmeldelink wurde schon benutzt oder ist zu alt. Mit „holdfast open“ auf diesem Rechner kommt ein frischer.',

  'announce.started': '{count, plural, one {{name}: Sitzung gestartet.} other {# Sitzungen gestartet.}}',
  'announce.reconnected':
    '{count, plural, one {{name} ist wieder verbunden.} other {# Sitzungen sind wieder verbunden.}}',
  'announce.disconnected': '{count, plural, one {{name} ist getrennt.} other {# Sitzungen sind getrennt.}}',
  'announce.ended': '{count, plural, one {{name}: Sitzung beendet.} other {# Sitzungen beendet.}}',
  'announce.expired': '{count, plural, one {{name}: Sitzung abgelaufen.} other {# Sitzungen abgelaufen.}}',
  'announce.server.down': 'Server {name} ist ausgefallen.',
  'announce.server.untrusted': 'Server {name} wartet auf eine Bestätigung.',
  'announce.server.needs_login': 'Server {name} braucht eine Anmeldung.',
  'announce.server.logged_in': 'Server {name} ist angemeldet.',
  'announce.server.back': 'Server {name} läuft wieder.',
};
