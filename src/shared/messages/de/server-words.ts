import type { SERVER_WORDS as EN } from '../en/server-words';
import type { Translated } from '../translated';

export const SERVER_WORDS: Translated<typeof EN> = {
  'server.older_transport': 'älterer Transport (SSE)',
  'server.state.broken': 'Fehlerhaft',
  'server.state.disabled': 'Aus',
  'server.state.untrusted': 'Nicht bestätigt',
  'server.state.needs_login': 'Anmeldung nötig',
  'server.state.stopped': 'Läuft nicht',
  'server.state.starting': 'Startet',
  'server.state.running': 'Läuft',
  'server.state.waiting': 'Neuer Versuch',
  'server.state.circuit_open': 'Pausiert',
  'server.state.failed': 'Fehlgeschlagen',

  'server.policy.per-session': 'Je Sitzung',
  'server.policy.shared': 'Gemeinsam',
  'server.policy.lazy': 'Bei Bedarf',
  'server.policy.per-session.means':
    'Jede Sitzung bekommt einen eigenen Prozess. Nichts gelangt von einem Chat in einen anderen.',
  'server.policy.shared.means': 'Ein Prozess für alle Sitzungen, der immer läuft. Alle Chats teilen seinen Zustand.',
  'server.policy.lazy.means':
    'Ein Prozess für alle Sitzungen. Er startet, wenn er gebraucht wird, und stoppt, wenn ihn niemand mehr braucht.',

  'server.sentence.error': '<said>{error}</said>',
  'server.sentence.login': '{sentence}',
  'server.sentence.broken': 'Der Eintrag in der Datei ist nicht verwendbar.',
  'server.sentence.disabled': 'Ausgeschaltet. Läuft nicht und ist für Clients nicht sichtbar.',
  'server.sentence.untrusted_command': 'Noch nicht bestätigt. Läuft erst, wenn der Befehl geprüft ist.',
  'server.sentence.untrusted_address':
    'Noch nicht bestätigt. Bitte die Adresse prüfen: Hier gespeicherte Werte werden dorthin gesendet.',
  'server.sentence.changed_command':
    'Noch nicht bestätigt. Läuft erst, wenn der Befehl geprüft ist. Seit der letzten Bestätigung geändert: <said>{changes}</said>.',
  'server.sentence.changed_address':
    'Noch nicht bestätigt. Bitte die Adresse prüfen: Hier gespeicherte Werte werden dorthin gesendet. Seit der letzten Bestätigung geändert: <said>{changes}</said>.',
  'server.sentence.stopped': 'Läuft nicht.',
  'server.sentence.stopped_lazy': 'Nicht in Gebrauch. Startet bei der nächsten Verwendung.',
  'server.sentence.stopped_process': 'Nicht in Gebrauch. Startet, sobald eine Sitzung ihn braucht.',
  'server.sentence.stopped_address': 'Nicht in Gebrauch. Verbindet sich, sobald eine Sitzung ihn braucht.',
  'server.sentence.starting': 'Der Prozess startet.',
  'server.sentence.connecting': 'Die Verbindung wird hergestellt.',
  'server.sentence.shared_process': 'Antwortet: ein Prozess für alle Sitzungen.',
  'server.sentence.shared_connection': 'Antwortet: eine Verbindung für alle Sitzungen.',
  'server.sentence.processes':
    'Antwortet: {count, plural, one {ein Prozess für eine Sitzung} other {# Prozesse, einer je Sitzung}}.',
  'server.sentence.connections':
    'Antwortet: {count, plural, one {eine Verbindung für eine Sitzung} other {# Verbindungen, eine je Sitzung}}.',
  'server.sentence.failed': 'Fehlgeschlagen.',
  'server.sentence.retry_on_use': '<said>{error}</said> Neuer Versuch bei der nächsten Verwendung.',
  'server.sentence.retry_now': '<said>{error}</said> Versuch Nr. {attempt, number} läuft jetzt.',
  'server.sentence.retry_in': '<said>{error}</said> Nächster Versuch in <left>{wait}</left> (Nr. {attempt, number}).',
  'server.sentence.paused_until_use':
    'Pausiert nach wiederholten Fehlern. <said>{error}</said> Neuer Versuch bei der nächsten Verwendung, nach höchstens 30 s.',
  'server.sentence.paused_retry_now': 'Pausiert nach wiederholten Fehlern. <said>{error}</said> Neuer Versuch jetzt.',
  'server.sentence.paused_retry_in':
    'Pausiert nach wiederholten Fehlern. <said>{error}</said> Nächster Versuch in <left>{wait}</left>.',

  'server.part.command': 'Befehl',
  'server.part.arguments': 'Argumente',
  'server.part.folder': 'Ordner',
  'server.part.address': 'Adresse',
  'server.part.login': 'Anmeldung',
  'server.part.client_id': 'Client-ID',
  'server.part.private_key_file': 'Datei des privaten Schlüssels',
  'server.part.algorithm': 'Algorithmus',
  'server.part.authorization_server': 'Autorisierungsserver',
  'server.part.client_metadata_document': 'Client-Metadaten',
  'server.part.resource': 'Ressource',
  'server.part.scopes': 'Berechtigungen',
  'server.part.grant': 'Verfahren',
  'server.part.other_issuers': 'Andere Aussteller',
  'server.part.client_secret': 'Client-Geheimnis',
  'server.part.private_key': 'Privater Schlüssel',
  'server.part.always': 'immer',
  'server.part.never': 'nie',
  'server.part.accepted': 'zugelassen',
};
