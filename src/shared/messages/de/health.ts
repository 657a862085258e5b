import type { HEALTH as EN } from '../en/health';
import type { Translated } from '../translated';

export const HEALTH: Translated<typeof EN> = {
  'health.label': 'Gesamtzustand',
  'health.loading': 'Sitzungen werden geladen …',
  'health.unreachable': 'Holdfast ist nicht erreichbar.',
  'health.lost': 'Verbindung zu Holdfast verloren.',
  'health.lost.age': 'Stand vor {age}.',
  'health.lost.retrying': 'Neuer Versuch läuft.',
  'health.also': 'Außerdem: {sentences}',

  'health.reused': 'Ein benutztes Rückkehr-Token von {name} wurde noch einmal vorgelegt.',
  'health.reused.detail': 'Alle Token dieser Sitzung wurden widerrufen. Vielleicht hat jemand eines kopiert.',
  'health.flapping':
    '{count, plural, one {{name} bricht immer wieder ab.} other {# Sitzungen brechen immer wieder ab.}}',
  'health.flapping.detail':
    'Fünf oder mehr Rückkehren in zehn Minuten. Die Zeitleiste zeigt, was jeweils abgebrochen ist.',
  'health.down':
    '{count, plural, one {{state, select, broken {Server „{name}“ kann nicht starten: Der Eintrag ist fehlerhaft.} other {Server „{name}“ ist ausgefallen.}}} other {# Server sind ausgefallen.}}',
  'health.down.detail': '{names}. Sitzungen bleiben erhalten; Aufrufe an diese Server schlagen fehl.',
  'health.login': '{count, plural, one {{name} braucht eine Anmeldung.} other {# Server brauchen eine Anmeldung.}}',
  'health.login.detail':
    '{names}. {held, plural, =0 {Aufrufe an sie warten.} one {# Aufruf wartet.} other {# Aufrufe warten.}}',
  'health.unconfirmed':
    '{count, plural, one {Server „{name}“ wartet auf eine Bestätigung.} other {# Server warten auf eine Bestätigung.}}',
  'health.unconfirmed.detail': 'Ein Server wird erst benutzt, wenn er einmal geprüft wurde.',

  'health.failing':
    '{count, number} Aufrufe von {name} auf {server} {how, select, timed_out {liefen in eine Zeitüberschreitung} lost {blieben ohne Antwort} other {schlugen fehl}}, in der letzten Stunde.',
  'health.failing.detail': 'Von {of, plural, one {# Aufruf} other {# Aufrufen}}. Zuletzt: {error}',
  'health.failing.detail_no_error': 'Von {of, plural, one {# Aufruf} other {# Aufrufen}}.',

  'health.first_request':
    '{count, plural, one {Warten auf die erste Anfrage von {name}.} other {Warten auf die erste Anfrage von # Clients.}}',
  'health.first_request.detail': 'Den Client starten oder seine Einstellungen prüfen.',
  'health.no_session': 'Es läuft keine Sitzung.',
  'health.no_session.detail': 'Eine Sitzung beginnt mit dem ersten Aufruf eines Clients.',
  'health.no_client': 'Noch ist kein Client verbunden.',
  'health.no_client.detail':
    'Mit einem Schlüssel und der Adresse von Holdfast im MCP-Client erscheinen seine Sitzungen hier.',

  'health.degraded':
    '{count, plural, one {{name} hat den Push-Stream verloren.} other {# Sitzungen haben den Push-Stream verloren.}}',
  'health.degraded.detail': 'Aufrufe gehen. Nachrichten der Server warten, bis der Client seinen Stream wieder öffnet.',
  'health.waiting':
    '{count, number} von {all, plural, one {# Sitzung} other {# Sitzungen}} {count, plural, one {wartet} other {warten}} auf die Rückkehr des Clients.',
  'health.all_waiting':
    'Kein Client ist verbunden: {count, number} von {all, plural, one {# Sitzung} other {# Sitzungen}} {count, plural, one {wartet} other {warten}} auf die Rückkehr des Clients.',
  'health.waiting.detail':
    'Zurückkehrende Clients machen dort weiter, wo sie waren. Sitzungen warten {hours, plural, one {# Stunde} other {# Stunden}}; nur die Zeit zählt, in der Holdfast läuft.',
  'health.no_tools': 'Ein Client ist verbunden, hat aber keine Tools.',
  'health.no_tools.detail':
    'Es ist kein Server eingerichtet. Einen hinzufügen oder die Server anderer Programme importieren.',
  'health.good': '{count, plural, one {Die Sitzung ist verbunden.} other {Alle # Sitzungen sind verbunden.}}',
  'health.good.detail':
    '{count, plural, =0 {In den letzten 24 Stunden musste sich kein Client neu verbinden.} one {# Rückkehr in den letzten 24 Stunden, in die eigene Sitzung.} other {# Rückkehren in den letzten 24 Stunden, jede in die eigene Sitzung.}}',

  'health.do.show_calls': 'Aufrufe anzeigen',
  'health.do.show_sessions': 'Anzeigen',
  'health.do.open_session': 'Sitzung öffnen',
  'health.do.show_servers': '{count, plural, one {Server öffnen} other {Server anzeigen}}',
  'health.do.add_servers': 'Server hinzufügen',
  'health.do.show_settings': 'Einstellungen anzeigen',
  'health.do.connect': 'Client verbinden',
  'health.do.connect_another': 'Weiteren Client verbinden',
};
