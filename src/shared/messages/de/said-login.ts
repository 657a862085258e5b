import type { SAID_LOGIN as EN } from '../en/said-login';
import type { Translated } from '../translated';

export const SAID_LOGIN: Translated<typeof EN> = {
  'said.login.needs':
    'braucht eine Anmeldung. In der Ansicht „Server“ oder mit „holdfast servers login {name}“ anmelden',
  'said.login.needs_at':
    'braucht eine Anmeldung bei {host}. In der Ansicht „Server“ oder mit „holdfast servers login {name}“ anmelden',
  'said.login.impossible': 'lässt keine Anmeldung zu: {what}',
  'said.login.answered': 'lässt keine Anmeldung zu: {host} antwortete {status}',
  'said.login.trouble':
    'hat eine Anmeldung, die sich gerade nicht erneuern lässt: {host} hat Schwierigkeiten. Holdfast versucht es weiter',
  'said.login.trouble_unknown':
    'hat eine Anmeldung, die sich gerade nicht erneuern lässt: Der Autorisierungsserver hat Schwierigkeiten. Holdfast versucht es weiter',
  'said.login.not_yet': 'Noch nicht angemeldet.',
  'said.login.logged_out': 'Abgemeldet.',
  'said.login.machine':
    'Der Server meldet sich selbst mit einem gespeicherten Geheimnis an; niemand muss sich anmelden.',
  'said.login.asks': 'Der Server verlangt eine Anmeldung.',
  'said.login.over': 'Die Anmeldung ist abgelaufen: Das jetzige Token wird nicht mehr angenommen.',
  'said.login.refuses_all': 'Der Server lehnt jedes Token ab, das die Anmeldung liefert.',
  'said.login.allows_more': 'Der Server braucht eine Anmeldung, die mehr erlaubt.',
  'said.login.also_allows': 'Der Server braucht eine Anmeldung, die auch Folgendes erlaubt: {scope}.',
  'said.login.not_offered': 'Der Server bietet keine Anmeldung mehr an.',
  'said.login.not_refreshed': 'Die Anmeldung ist abgelaufen und lässt sich nicht erneuern.',
  'said.login.no_login': 'hat keine Anmeldung: siehe den Eintrag',
  'said.login.none_offered':
    'Der Server bietet keine Anmeldung an. Braucht er einen Schlüssel, diesen unter "headers" in den Eintrag schreiben.',
  'said.login.not_known': 'Diese Anmeldung ist nicht mehr bekannt. Neu beginnen.',
  'said.login.not_here': 'Diese Anmeldung wurde nicht hier begonnen. Neu beginnen.',
  'said.login.no_address': 'Der Autorisierungsserver nannte keine Adresse zum Anmelden.',
  'said.login.no_device':
    'Der Autorisierungsserver bietet keine Anmeldung auf einem anderen Gerät an. Mit einem Browser anmelden.',
  'said.login.device_refused':
    'Der Autorisierungsserver lehnt eine Anmeldung auf einem anderen Gerät ab (Antwort {status}). Mit einem Browser anmelden.',
  'said.login.other_resource': `Die Metadaten gelten für eine andere Ressource, {resource}. Ist das richtig, sie als "oauth": '{"resource": ...}' in den Eintrag schreiben.`,
  'said.login.no_metadata':
    'Der Autorisierungsserver {host} sagt nicht, wie man sich anmeldet: Er hat keine Metadaten.',
  'said.login.no_pkce':
    'Der Autorisierungsserver {host} schützt Anmeldungen nicht mit PKCE (S256), daher meldet sich Holdfast dort nicht an.',
  'said.login.other_issuer': `Die Metadaten bei {host} nennen einen anderen Aussteller als die Adresse, von der sie kommen. Ist das sicher richtig, "oauth": '{"acceptsOtherIssuer": true}' in den Eintrag schreiben.`,
  'said.login.bad_metadata': 'Die Metadaten bei {host} sind ungültig.',
  'said.login.other_server':
    'Die Client-ID des Eintrags gehört zu einem anderen Autorisierungsserver als dem, den der Server jetzt nennt. Ab- und wieder anmelden, wenn der Server umgezogen ist.',
  'said.login.moved': 'Der Server nennt jetzt einen anderen Autorisierungsserver: {host}.',
  'said.login.insecure': '{host} will Token an eine Adresse, die nicht https ist.',
  'said.login.passing': '{host} kann die Anmeldung gerade nicht erneuern. Holdfast versucht es weiter.',
  'said.login.passing_code': '{host} kann die Anmeldung gerade nicht erneuern („{code}“). Holdfast versucht es weiter.',
  'said.login.ended': '{host} hat die Anmeldung beendet („{code}“).',
  'said.login.bad_origin': 'nennt {address} für die Anmeldung, und das ist {what}',
  'said.login.no_origin': 'nennt für die Anmeldung eine Adresse, die keine ist',
  'said.login.here': 'eine Adresse auf diesem Rechner, die er nicht kennen kann',
  'said.login.open': 'weder https noch auf diesem Rechner',
  'said.login.courier': 'ließ sich nicht fragen: Der Prozess, der Anmeldungen erneuert, schlug fehl ({why})',
  'said.login.courier_stopped': 'Holdfast wurde beendet',
  'said.login.courier_ended': 'er endete mit {how}',
  'said.flow.access_denied': 'Die Anmeldung wurde abgelehnt. Neu beginnen, wenn das ein Versehen war.',
  'said.flow.invalid_scope': 'Der Autorisierungsserver kennt nicht, was verlangt wurde. Im Eintrag "scopes" ansehen.',
  'said.flow.invalid_target': 'Der Autorisierungsserver kennt diesen Server nicht. Im Eintrag "resource" ansehen.',
  'said.flow.unauthorized_client': 'Der Autorisierungsserver lässt diesen Client niemanden anmelden.',
  'said.flow.temporarily_unavailable': 'Der Autorisierungsserver ist ausgelastet. Gleich noch einmal versuchen.',
  'said.flow.server_error': 'Der Autorisierungsserver ist fehlgeschlagen. Gleich noch einmal versuchen.',
  'said.flow.invalid_client':
    'Der Autorisierungsserver kennt den Client nicht, oder dessen Geheimnis ist falsch. Im Eintrag "oauth" ansehen.',
  'said.flow.no_answer': 'Der Browser kam ohne Antwort des Autorisierungsservers zurück. Die Anmeldung neu beginnen.',
  'said.flow.refused': 'Der Autorisierungsserver hat die Anmeldung abgelehnt ({code}).',
  'said.flow.not_registered': 'Der Autorisierungsserver registriert Holdfast nicht als Client (Antwort {status}).',
  'said.flow.registers_none': 'Der Autorisierungsserver registriert Clients nicht von selbst.',
  'said.flow.by_hand': `Dort einen Client für die Rücksprungadresse {address} registrieren und dessen ID als "oauth": '{"clientId": ...}' in den Eintrag schreiben.`,
  'said.flow.other_issuer':
    'Die Antwort kam von einem anderen Autorisierungsserver als dem gefragten und wurde daher nicht benutzt.',
  'said.flow.insecure':
    'Die Adresse für Token ist weder https noch auf diesem Rechner, daher wurde nichts dorthin gesendet.',
  'said.flow.unsupported': 'Der Autorisierungsserver unterstützt diese Art der Anmeldung nicht.',
  'said.flow.answered': 'Der Autorisierungsserver antwortete „{code}“. Die Anmeldung neu beginnen.',
  'said.flow.nonsense': 'Der Autorisierungsserver sandte etwas, das keine Antwort ist. Gleich noch einmal versuchen.',
};
