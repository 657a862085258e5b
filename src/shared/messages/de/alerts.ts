import type { ALERTS as EN } from '../en/alerts';
import type { Translated } from '../translated';

export const ALERTS: Translated<typeof EN> = {
  'alert.session_dropped': '{name} ist weg und nicht zurückgekommen. Die Sitzung wartet.',
  'alert.session_flapping': '{name} bricht immer wieder ab.',
  'alert.server_down':
    '{reason, select, broken_entry {Server „{name}“ kann nicht starten: Der Eintrag ist fehlerhaft.} other {Server „{name}“ ist ausgefallen und kommt nicht von selbst zurück.}}',
  'alert.login_needed': 'Server „{name}“ braucht eine Anmeldung.',
  'alert.call_held':
    '{calls, plural, one {Ein Aufruf wartet} other {# Aufrufe warten}} auf eine Anmeldung bei Server „{name}“.',
  'alert.confirmation_needed': 'Server „{name}“ wartet auf eine Bestätigung.',
  'alert.tools_changed':
    'Server „{name}“ hat {tools, plural, one {ein benutztes Tool} other {# benutzte Tools}} geändert.',
  'alert.holdfast_killed':
    'Holdfast wurde abgebrochen und läuft wieder. Erhalten: {sessions, plural, one {# Sitzung} other {# Sitzungen}} und {servers, plural, one {# laufender Server} other {# laufende Server}}.',
};
