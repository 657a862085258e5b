import type { ERROR_TEXT as EN } from '../en/errors';
import type { Translated } from '../translated';

export const ERROR_TEXT: Translated<typeof EN> = {
  'errors.session_id_mismatch':
    'Das Token gehört zu einer anderen Sitzung. Das Token benutzen, das für diese Sitzungs-ID ausgestellt wurde.',
  'errors.invalid_token_purpose':
    'Dieses Token ist nicht zum Zurückkehren bestimmt. Ein Rückkehr-Token der Sitzung ausstellen lassen.',
  'errors.session_not_found':
    'Für diesen Client-Schlüssel gibt es diese Sitzung nicht. Eine neue beginnen oder den Schlüssel benutzen, dem sie gehört.',
  'errors.token_mismatch': 'Für diese Sitzung gibt es ein neueres Token. Das neueste benutzen.',
  'errors.session_already_disconnected':
    'Die Sitzung ist beendet und kann nicht fortgesetzt werden. Eine neue Sitzung beginnen.',
  'errors.token_expired': 'Das Token ist zu alt. Die alte Sitzungs-ID benutzen oder eine neue Sitzung beginnen.',
  'errors.invalid_token':
    'Das Token ist beschädigt oder nicht von diesem Holdfast. Ganz kopieren und erneut versuchen.',
  'errors.token_reused':
    'Dieses Token wurde schon benutzt, daher wurden alle Token der Sitzung widerrufen. Ein neues ausstellen lassen.',
  'errors.rate_limited': 'Zu viele Versuche. Die Zeit in Retry-After abwarten und erneut versuchen.',
  'errors.internal_error': 'Holdfast konnte das nicht. Das Log ansehen und erneut versuchen.',
  'errors.unauthorized':
    "Ein gültiger Schlüssel fehlt. „Authorization: Bearer '<'Client-Schlüssel>“ senden; Schlüssel gibt es unter „Verbinden“.",
  'errors.forbidden': 'Dieser Schlüssel darf das nicht. Den Verwaltungsschlüssel benutzen.',
  'errors.forbidden_host':
    'Der Host-Header gehört nicht zu diesem Endpunkt. Direkt mit 127.0.0.1 oder localhost verbinden.',
  'errors.forbidden_origin':
    'Anfragen von diesem Web-Ursprung werden abgelehnt. Holdfast antwortet nur lokalen Programmen und dem eigenen Fenster.',
  'errors.not_found': 'An dieser Adresse gibt es nichts. Siehe /api/docs.',
  'errors.method_not_allowed': 'Diese Adresse nimmt diese Methode nicht an. Siehe /api/docs.',
  'errors.unsupported_media_type': 'Den Inhalt als „Content-Type: application/json“ senden.',
  'errors.payload_too_large': 'Der Inhalt ist zu groß. Höchstens 4 MiB senden.',
  'errors.invalid_input': 'Die Eingabe ist ungültig. Die Einzelheiten sagen, was zu ändern ist.',
  'errors.handover_impossible':
    'So lässt sich diese Sitzung nicht an diesen Client übergeben oder mit ihm teilen. Die Einzelheiten sagen, was zu tun ist.',
  'errors.handover_pending':
    'Eine andere Sitzung wartet schon darauf, in diesem Client weiterzugehen. Zuerst das abbrechen oder eine Einladung erstellen.',
  'errors.may_not_take_over':
    'Dieser Client darf keine Sitzungen übernehmen oder teilen. Unter „Verbinden“ oder mit „holdfast clients take-over“ erlauben.',
  'errors.session_is_shared': 'Die Sitzung teilt ihre Server schon mit einer anderen. Zuerst das Teilen beenden.',
  'errors.session_not_shared': 'Die Sitzung teilt ihre Server mit keiner anderen.',
  'errors.session_over': 'Die Sitzung ist beendet. Nur eine Sitzung, die nicht beendet ist, lässt sich ändern.',
  'errors.too_many_pinned': 'Es sind so viele Sitzungen angeheftet wie möglich: 20. Zuerst eine davon lösen.',
  'errors.session_not_active':
    'Die Sitzung ist nicht aktiv, daher kann kein Token ausgestellt werden. Erst muss der Client zurückkehren.',
  'errors.client_not_found': 'Diesen Client gibt es nicht. Vielleicht wurde er entfernt.',
  'errors.activity_not_found':
    'Diese Nachricht gibt es nicht. Vielleicht wurde sie gelöscht, oder ihre Aufbewahrungszeit ist um.',
  'errors.call_not_found': 'Der Aufruf ist beendet, oder es gibt keinen mit dieser Nummer.',
  'errors.server_not_found':
    'Einen Server dieses Namens gibt es nicht. In der Ansicht „Server“ nachsehen oder /mcp für alle benutzen.',
  'errors.set_not_found': 'Ein Profil dieses Namens gibt es nicht. In der Ansicht „Server“ unter „Profile“ nachsehen.',
  'errors.set_exists': 'Ein Profil dieses Namens gibt es schon. Einen anderen Namen wählen.',
  'errors.server_exists': 'Einen Server dieses Namens gibt es schon. Einen anderen Namen wählen.',
  'errors.server_changed': 'Der Eintrag hat sich geändert, seit er gezeigt wurde. Erneut ansehen und dann bestätigen.',
  'errors.settings_left_alone':
    'Die Einstellungen dieses Programms lassen sich nicht sicher ändern. Den Eintrag von Hand hinzufügen.',
  'errors.server_untrusted':
    'Dieser Server ist noch nicht bestätigt. In der Ansicht „Server“ oder mit „holdfast servers trust“ bestätigen.',
  'errors.server_unavailable':
    'Der Server ist zurzeit nicht erreichbar. Holdfast versucht es weiter; siehe Ansicht „Server“.',
  'errors.login_impossible':
    'An diesem Server kann sich zurzeit niemand anmelden. Die Einzelheiten sagen, was zu ändern ist.',
  'errors.login_unknown':
    'Diese Anmeldung ist nicht mehr bekannt: Sie wurde beendet, abgebrochen oder dauerte über zehn Minuten. Neu beginnen.',
  'errors.storage_unavailable':
    'Die Datenbank lässt sich zurzeit nicht schreiben (ist die Platte voll?). Platz schaffen, dann macht Holdfast weiter.',
  'errors.port_in_use':
    'Der Port ist von einem anderen Programm belegt. Dieses beenden oder HOLDFAST_PORT auf einen freien Port setzen.',
  'errors.already_running': 'Holdfast läuft bereits.',
  'errors.database_too_new':
    'Die Datenbank stammt von einem neueren Holdfast. Holdfast aktualisieren oder einen anderen Datenordner wählen.',
  'errors.shutting_down': 'Holdfast wird gerade beendet. Später erneut versuchen.',
  'errors.unreachable': 'Holdfast antwortet nicht. Prüfen, ob es läuft, und erneut versuchen.',
};
