import type { LOGINS as EN } from '../en/logins';
import type { Translated } from '../translated';

export const LOGINS: Translated<typeof EN> = {
  'login.needed': 'Anmeldung nötig',
  'login.needed_at': 'Anmeldung nötig bei {host}',
  'login.machine_failed': 'Automatische Anmeldung fehlgeschlagen',
  'login.machine_failed_at': 'Automatische Anmeldung bei {host} fehlgeschlagen',
  'login.under_way': 'Anmeldung im Browser offen',
  'login.in': '{known, select, yes {Angemeldet als {account}} other {Angemeldet}}',
  'login.in_by_machine':
    '{known, select, yes {Automatisch angemeldet als {account}} other {Automatisch angemeldet}}, mit gespeichertem Geheimnis',
  'login.in_refreshed': '{known, select, yes {Angemeldet als {account}} other {Angemeldet}}; wird automatisch erneuert',
  'login.in_until': '{known, select, yes {Angemeldet als {account}} other {Angemeldet}} bis {time}',
  'login.ended': 'Anmeldung abgelaufen um {time}',
  'login.day_and_clock': '{day}, {clock}',

  'login.finish': 'Bitte die Anmeldung im Browser abschließen.',
  'login.check_entry': 'Automatische Anmeldung fehlgeschlagen. Bitte den Eintrag prüfen.',
  'login.to_use': 'Vor der Verwendung anmelden.',
  'login.to_use_at': 'Vor der Verwendung bei {host} anmelden.',
  'login.held': '{count, plural, one {# Aufruf wartet} other {# Aufrufe warten}} darauf.',

  'login.since': '{words} <since>({time})</since>',
  'login.refreshed': 'Zuletzt erneuert: {time}',
  'login.allows': 'Erlaubt {scopes}',
  'login.allowed': 'Was die Anmeldung bei {name} erlaubt',
  'login.scopes': '{count, plural, one {# Berechtigung} other {# Berechtigungen}}',

  'login.log_in': 'Anmelden',
  'login.again': 'Neu anmelden',
  'login.log_out': 'Abmelden',
  'login.cancel': 'Anmeldung abbrechen',
  'login.cancel_failed': 'Anmeldung bei {name} konnte nicht abgebrochen werden',

  'login.dialog.title': 'Anmelden bei {name}',
  'login.dialog.title_at': 'Anmelden bei {name} über {host}',
  'login.dialog.asking': '{name} wird gefragt, wo die Anmeldung stattfindet …',
  'login.dialog.unsafe':
    'Die Anmeldeadresse, die {name} nennt, ist weder https noch auf diesem Rechner. Holdfast öffnet sie deshalb nicht.',
  'login.dialog.cancel': 'Abbrechen',
  'login.dialog.close': 'Schließen',
  'login.dialog.copy': 'Adresse kopieren',
  'login.dialog.open': 'Im Browser öffnen',
  'login.dialog.open_again': 'Erneut öffnen',
  'login.dialog.try_again': 'Erneut versuchen',
  'login.dialog.opens': 'Öffnet',
  'login.dialog.opens_note': 'Nur anmelden, wenn die Adresse bekannt ist.',
  'login.dialog.code': 'Code',
  'login.dialog.copy_code': 'Code kopieren',
  'login.dialog.asks_for': 'Verlangt',
  'login.dialog.scopes': 'Was die Anmeldung bei {name} verlangt',
  'login.dialog.unnamed': 'Was {host} gewährt; hier nicht genannt.',
  'login.dialog.until': 'Gültig bis',
  'login.dialog.until_note': '{time}; danach neu beginnen',
  'login.dialog.waiting': 'Die Anmeldung läuft im Browser.',
  'login.dialog.closes': 'Dieses Fenster schließt sich nach der Anmeldung.',
  'login.dialog.no_page': 'Falls keine Seite aufging: Adresse kopieren und im Browser öffnen.',
  'login.dialog.late': 'Die Anmeldung wurde nicht rechtzeitig abgeschlossen.',
  'login.dialog.over': 'Die Anmeldung wurde nicht abgeschlossen.',
  'login.done': 'Bei {name} angemeldet',
  'login.done_as': 'Als {account}',

  'logout.title': 'Bei {name} abmelden?',
  'logout.tokens_at': 'Die Token werden bei {host} widerrufen, wo das möglich ist, und hier in jedem Fall gelöscht.',
  'logout.tokens':
    'Die Token werden beim Autorisierungsserver widerrufen, wo das möglich ist, und hier in jedem Fall gelöscht.',
  'logout.sessions':
    '{count, plural, =0 {Keine Sitzung verwendet ihn gerade.} one {# Sitzung verwendet ihn. Sitzungen bleiben bestehen.} other {# Sitzungen verwenden ihn. Sitzungen bleiben bestehen.}}',
  'logout.calls':
    'Aufrufe an {name} warten bis zur nächsten Anmeldung, höchstens fünf Minuten; danach schlagen sie fehl.',
  'logout.done': 'Bei {name} abgemeldet',

  'login.remove.title': '{name} entfernen?',
  'login.remove.logged_in':
    'Es besteht eine Anmeldung{who, select, yes { als {account}} other {}}{where, select, yes { bei {host}} other {}}.',
  'login.remove.log_out': 'Abmelden und entfernen',
  'login.remove.log_out_note':
    'Die Token werden widerrufen, wo das möglich ist, und hier gelöscht. „Rückgängig“ holt den Server zurück; er braucht dann eine Anmeldung.',
  'login.remove.log_out_note_at':
    'Die Token werden bei {host} widerrufen, wo das möglich ist, und hier gelöscht. „Rückgängig“ holt den Server zurück; er braucht dann eine Anmeldung.',
  'login.remove.keep': 'Anmeldung behalten',
  'login.remove.keep_note':
    'Die Token bleiben gültig, bis Holdfast endet. „Rückgängig“ holt den Server angemeldet zurück.',
  'login.remove.cancel': 'Abbrechen',
  'login.remove.remove': 'Entfernen, Anmeldung behalten',
  'login.remove.removing': 'Wird entfernt …',
};
