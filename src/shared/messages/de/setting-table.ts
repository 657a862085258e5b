import type { SETTING_TABLE as EN } from '../en/setting-table';
import type { Translated } from '../translated';

export const SETTING_TABLE: Translated<typeof EN> = {
  'setting.closing': 'Beim Schließen des Fensters',
  'setting.closing.help': 'Sitzungen laufen ohne Fenster weiter. Nach dem Beenden warten sie auf den nächsten Start.',
  'setting.zoom_percent': 'Zoom',
  'setting.zoom_percent.help': 'Größe des Fensterinhalts. Ein Browser hat seinen eigenen Zoom.',
  'setting.log_level': 'Log-Stufe',
  'setting.log_level.help': 'Wie viel in holdfast.log im Datenordner steht. Geheimnisse nie.',
  'setting.port': 'Port',
  'setting.port.help':
    'Port des Endpunkts auf diesem Rechner. Holdfast wählt nie von selbst einen anderen: Clients haben ihn in ihren Einstellungen.',
  'setting.retention_hours': 'Sitzung ohne Client behalten',
  'setting.retention_hours.help':
    'Wie lange eine Sitzung, deren Client weg ist, fortgesetzt werden kann, bevor sie abläuft. Nur Zeit, in der Holdfast läuft, zählt. Eine kürzere Zeit beendet Sitzungen, die länger weg sind.',
  'setting.reattach_seconds': 'Zeit zum Wiederanknüpfen',
  'setting.reattach_seconds.help':
    'Ein Client, der innerhalb dieser Zeit nach einem Abbruch neu initialisiert, bekommt seine Sitzung zurück.',
  'setting.token_life_minutes': 'Gültigkeit eines Rückkehr-Tokens',
  'setting.token_life_minutes.help':
    'Danach wird ein Rückkehr-Token abgelehnt. Bereits ausgegebene Token behalten ihre Zeit.',
  'setting.stream_grace_seconds': 'Frist für Streams',
  'setting.stream_grace_seconds.help':
    'Ein verlorener Push-Stream gilt nach dieser Zeit ohne Anfrage als Verbindungsabbruch.',
  'setting.quiet_minutes': 'Grenze für Stille',
  'setting.quiet_minutes.help': 'Ohne offenen Stream gilt eine Sitzung, die so lange still ist, als getrennt.',
  'setting.hold_changed_tools': 'Nach Benutzung geänderte Tools',
  'setting.hold_changed_tools.help':
    'Ein zurückgehaltenes Tool wird weder genannt noch aufgerufen, bis die Änderung angenommen ist.',
  'setting.trust_servers': 'Neue Befehle in servers.json',
  'setting.trust_servers.help':
    'Ob ein Befehl laufen darf, den niemand bestätigt hat. Das entscheidet, wer Holdfast startet.',
  'setting.secrets': 'Geheimnisse der Server',
  'setting.secrets.help':
    'Wo die App gespeicherte Werte und Anmeldungen von Servern ablegt. Dateien passen für einen Datenordner, der auch ohne Fenster genutzt wird.',
  'setting.processes': 'Prozesse insgesamt',
  'setting.processes.help':
    'Höchstzahl gleichzeitiger Prozesse von stdio-Servern. An der Grenze wird der am längsten ungenutzte beendet.',
  'setting.processes_per_client': 'Prozesse je Client',
  'setting.processes_per_client.help': 'Höchstzahl für die Sitzungen eines Clients.',
  'setting.processes_per_server': 'Prozesse je Server',
  'setting.processes_per_server.help': 'Höchstzahl für einen Server.',
  'setting.server_memory_mib': 'Arbeitsspeicher',
  'setting.server_memory_mib.help':
    'Speicher, den die Prozesse der Server zusammen nutzen dürfen. Darüber werden ungenutzte beendet.',
  'setting.kept_days': 'Ereignisse und beendete Sitzungen behalten',
  'setting.kept_days.help': 'Ältere werden binnen Minuten bis Stunden entfernt, einige Tausend auf einmal.',
  'setting.events_mib': 'Grenze für Ereignisse',
  'setting.events_mib.help':
    'Darüber gehen die ältesten zuerst, mit ihnen Sitzungen, die davor endeten. 1024 MiB fassen etwa 3 Millionen Ereignisse.',
  'setting.activity_days': 'Aktivität behalten',
  'setting.activity_days.help': 'Was aufgerufen wurde und wie es ausging, ohne Inhalte.',
  'setting.activity_mib': 'Grenze für Aktivität',
  'setting.activity_mib.help': 'Darüber gehen die ältesten zuerst. 128 MiB fassen etwa 400.000 Nachrichten.',
  'setting.contents_mib': 'Grenze für aufgezeichnete Inhalte',
  'setting.contents_mib.help': 'Darüber gehen die ältesten zuerst. Nach 24 Stunden gehen alle.',
  'setting.history_days': 'Verlauf behalten',
  'setting.history_days.help': 'So weit reichen die Diagramme nach Stunden zurück; nach Minuten höchstens 30 Tage.',
  'setting.history_mib': 'Grenze für den Verlauf',
  'setting.history_mib.help':
    'Darüber gehen die ältesten Minuten zuerst, dann die ältesten Stunden. Alles zusammen sind weniger als 10 MB.',
  'setting.messages_mib': 'Grenze für aufbewahrte Nachrichten',
  'setting.messages_mib.help':
    'Für Clients, die zurückkommen, höchstens einen Tag. Darüber gehen zugestellte zuerst, dann die ältesten; wer für diese zurückkommt, erhält einen Fehler.',
  'setting.log_mib': 'Grenze für das Log',
  'setting.log_mib.help': 'Je zur Hälfte für holdfast.log und den Teil davor. Darüber gehen die ältesten Zeilen.',
  'setting.backups_mib': 'Grenze für Sicherungen',
  'setting.backups_mib.help':
    'Der Datenbank: drei, eine am Tag, und nicht älter, als Ereignisse aufbewahrt werden. Darüber gehen die ältesten zuerst; die neueste bleibt in jedem Fall.',
  'setting.closing.keep_running': 'Weiterlaufen',
  'setting.closing.quit': 'Beenden',
  'setting.hold_changed_tools.off': 'Änderung zeigen',
  'setting.hold_changed_tools.on': 'Bis zur Annahme zurückhalten',
  'setting.trust_servers.0': 'Vor dem ersten Start fragen',
  'setting.trust_servers.1': 'Ohne Frage starten',
  'setting.secrets.keychain': 'Schlüsselbund des Systems',
  'setting.secrets.file': 'Dateien, die nur der eigene Benutzer lesen darf',
  'setting.unit.%': '%',
  'setting.unit.MiB': 'MiB',
  'setting.unit.hours': 'Stunden',
  'setting.unit.minutes': 'Minuten',
  'setting.unit.seconds': 'Sekunden',
  'setting.unit.days': 'Tage',
  'setting.amount.%': '{text} %',
  'setting.amount.MiB': '{text} MiB',
  'setting.amount.hours': '{text} {count, plural, one {Stunde} other {Stunden}}',
  'setting.amount.minutes': '{text} {count, plural, one {Minute} other {Minuten}}',
  'setting.amount.seconds': '{text} {count, plural, one {Sekunde} other {Sekunden}}',
  'setting.amount.days': '{text} {count, plural, one {Tag} other {Tage}}',
  'setting.problem.range': '{subject}: eine ganze Zahl von {min} bis {max} eingeben.',
  'setting.problem.range_unit': '{subject}: eine ganze Zahl von {min} bis {max} eingeben ({unit}).',
  'setting.problem.choice': '{subject}: {options} oder {last} wählen.',
  'setting.problem.token_outlives':
    'Ein Rückkehr-Token darf seine Sitzung nicht überleben: Sitzungen ohne Client mindestens {hours} Stunden behalten oder Token höchstens {minutes} Minuten gelten lassen.',
};
