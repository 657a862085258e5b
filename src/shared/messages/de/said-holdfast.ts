import type { SAID_HOLDFAST as EN } from '../en/said-holdfast';
import type { Translated } from '../translated';

export const SAID_HOLDFAST: Translated<typeof EN> = {
  'said.update.npm':
    '„npx holdfast quit“ ausführen, dann „npm install“ mit dem neuen Paket dort, wo das bisherige installiert wurde, und Holdfast neu starten. Sitzungen warten so lange.',
  'said.update.deb':
    'Das neue .deb holen, „sudo apt install ./holdfast_*.deb“ und dann „holdfast quit“ ausführen und neu starten. Sitzungen warten so lange.',
  'said.update.archive':
    'Das neue .tar.gz holen, „bin/holdfast quit“ ausführen, das Archiv anstelle dieses Ordners entpacken und Holdfast neu starten. Sitzungen warten so lange.',
  'said.update.source':
    '„git pull“ und „npm run holdfast -- quit“ ausführen, dann mit „npm start“ neu starten. Sitzungen warten so lange.',
  'said.update.no_key': 'Diese Version sucht nicht nach Aktualisierungen: Sie hat keinen Release-Schlüssel.',
  'said.update.address_needed': 'Angeben, an welcher Adresse Holdfast nach Aktualisierungen fragen soll.',
  'said.update.no_address': 'Für Aktualisierungen ist keine Adresse eingestellt.',
  'said.update.bad_address':
    'Die Adresse für Aktualisierungen beginnt mit https:// oder, auf diesem Rechner, mit http:// und enthält kein Passwort.',
  'said.update.too_large':
    'Was unter dieser Adresse liegt, ist größer als 64 KiB und daher kein Manifest von Holdfast.',
  'said.update.redirect': 'Diese Adresse leitet an eine andere weiter. Die einstellen, an der das Manifest liegt.',
  'said.update.status': 'Unter dieser Adresse gibt es kein Manifest: Sie antwortete {status}.',
  'said.update.cut': 'Die Antwort brach ab.',
  'said.update.slow': 'Diese Adresse hat nicht innerhalb von 10 Sekunden geantwortet.',
  'said.update.server': 'Der Server für Aktualisierungen {what}.',
  'said.update.server_at': 'Der Server für Aktualisierungen unter {host} {what}.',
  'said.update.not_a_manifest': 'Was unter dieser Adresse liegt, ist kein Manifest von Holdfast.',
  'said.update.not_signed':
    'Das Manifest ist nicht von denen signiert, die dieses Holdfast gemacht haben. Ihm wird nicht geglaubt.',
  'said.update.unknown_kind': 'Das Manifest ist signiert, aber von einer Art, die diese Version nicht lesen kann.',
  'said.update.future': 'Das Manifest stammt aus der Zukunft. Geht die Uhr dieses Rechners richtig?',
  'said.update.expired': 'Das Manifest ist abgelaufen: Niemand hat es zuletzt bestätigt. Ihm wird nicht geglaubt.',
  'said.update.older': 'Das Manifest ist älter als eines, das schon da war. Ihm wird nicht geglaubt.',
  'said.update.available': 'Holdfast {version} ist verfügbar; dies ist {current}.',
  'said.update.changes': 'Neu darin: {changes}.',
  'said.telemetry.receiver': 'Der Empfänger {what}.',
  'said.telemetry.receiver_at': 'Der Empfänger unter {host} {what}.',
  'said.telemetry.address_needed': 'Angeben, an welche Adresse Telemetrie gesendet werden soll.',
  'said.telemetry.no_address': 'Für Telemetrie ist keine Adresse eingestellt.',
  'said.telemetry.headers': 'Mehr als {most} Header werden nicht aufbewahrt.',
  'said.telemetry.header_value': 'Der Wert von {name} enthält Zeichen, die HTTP nicht erlaubt.',
  'said.telemetry.bad_address':
    'Die Adresse für Telemetrie beginnt mit https:// oder, auf diesem Rechner, mit http://, etwa http://127.0.0.1:4318. Passwörter gehören nicht in die Adresse; Schlüssel kommen in Header.',
  'said.login_item.system':
    'Auf diesem System kann das nur die App selbst ändern: ihr Fenster oder die Einstellungen des Systems benutzen.',
  'said.login_item.no_window':
    'Dieses Holdfast läuft ohne eigenes Fenster. „holdfast service install“ macht es zu einem Dienst, der beim Anmelden startet.',
  'said.login_item.not_installed': 'Nur ein installiertes Holdfast lässt sich beim Anmelden starten.',
  'said.login_item.unusual':
    'Auf diesem System lässt sich nur ein Holdfast mit dem üblichen Datenordner und Port beim Anmelden starten.',
  'said.login_item.name':
    'Desktops können {program} nicht starten: Der Name enthält „=“ oder ein Steuerzeichen. In einen Ordner mit einfachem Namen verschieben.',
  'said.login_item.invalid': '{file} ist nicht als Desktop-Eintrag lesbar. Einschalten ersetzt diese Datei.',
  'said.login_item.off': 'In {file} ist es ausgeschaltet.',
  'said.login_item.other': '{file} startet beim Anmelden etwas anderes: {program}. Einschalten ersetzt das.',
  'said.login_item.not_written':
    '{file} lässt sich nicht ändern ({code}). Den Ordner für den eigenen Benutzer beschreibbar machen und erneut versuchen.',
  'said.setting.given': '{label} ist durch {variable} gesetzt. Dort ändern und neu starten.',
  'said.setting.only_environment':
    '{label}: Nur die Umgebung kann das sagen. {variable} setzen und Holdfast neu starten.',
  'said.setting.unusable': 'Eine gespeicherte Einstellung ist nicht verwendbar, daher gilt die Vorgabe. {why}',
  'said.setting.unknown': 'Die Einstellung „{name}“ gibt es nicht. „holdfast settings“ listet alle.',
  'said.setting.meant': 'Die Einstellung „{name}“ gibt es nicht. Ist „{meant}“ gemeint?',
  'said.setting.restart': 'Ohne Fenster kann Holdfast sich nicht selbst neu starten. Beenden.',
  'said.start.source': 'Mit „npm start“ oder „npm run headless“ starten.',
  'said.start.desktop': 'Mit „holdfast“ oder „holdfast headless“ starten.',
  'said.start.npm': 'Mit „npx holdfast headless“ starten.',
  'said.secrets.no_keychain': 'Der Schlüsselbund des Systems ist nicht benutzbar ({why}).',
  'said.secrets.none_offered': 'dieser Desktop bietet keinen an, oder er ist gesperrt',
  'said.secrets.not_given_back': 'er gibt nicht zurück, was hineingelegt wurde',
  'said.secrets.not_answered': 'er hat nicht innerhalb von {seconds} s geantwortet',
  'said.secrets.what.values': 'Die gespeicherten Werte von Servern',
  'said.secrets.what.values_aside': 'Werte von Servern, die beiseitegelegt wurden,',
  'said.secrets.what.logins': 'Die Anmeldungen bei Servern',
  'said.secrets.what.logins_aside': 'Anmeldungen bei Servern, die beiseitegelegt wurden,',
  'said.secrets.what.headers': 'Die Header der Telemetrie',
  'said.secrets.what.other': 'Die Werte in {name}',
  'said.secrets.unreadable': '{what} sind gerade nicht lesbar.',
  'said.secrets.no_window':
    'Sie sind verschlüsselt, mit einem Schlüssel im Schlüsselbund des Systems, den nur die App öffnet. Nichts ist verloren. Die App benutzen oder, um sie auch hier zu benutzen, die App einmal mit HOLDFAST_SECRETS=file starten, was sie in Dateien verschiebt, die nur der eigene Benutzer lesen darf, und diese Einstellung beibehalten.',
  'said.secrets.locked':
    'Nichts ist verloren, und nichts wird überschrieben. Den Schlüsselbund des Systems entsperren und Holdfast neu starten. Ist der Schlüssel endgültig weg, {files} aus {folder} verschieben, neu starten und alles neu eingeben.',
  'said.secrets.why_keychain': 'Der Schlüsselbund des Systems ist nicht benutzbar ({why}).',
  'said.secrets.why_damaged': 'Sie lassen sich nicht entschlüsseln ({why}).',
  'said.secrets.wrong_key': 'der Schlüssel im Schlüsselbund passt nicht',
  'said.secrets.newer': 'die Datei ist beschädigt oder stammt von einem neueren Holdfast',
  'said.secrets.not_read_back': 'es ließ sich nicht so zurücklesen, wie es geschrieben wurde',
  'said.secrets.not_saved': 'Das lässt sich nicht speichern.',
  'said.secrets.readable_again': 'Sie sind gerade wieder lesbar. Erneut versuchen.',
  'said.secrets.to_keychain':
    '{what} ließen sich nicht in den Schlüsselbund des Systems verschieben ({why}). Sie bleiben in einer Datei, die nur der eigene Benutzer lesen darf; der nächste Start versucht es erneut.',
  'said.secrets.to_file':
    '{what} ließen sich nicht in eine Datei verschieben ({why}). Der nächste Start versucht es erneut.',
  'said.secrets.twice':
    '{what} wurden zweimal gefunden, verschlüsselt und in einer neueren Datei. Die neuere wird benutzt; die verschlüsselte wurde als {kept} aufgehoben.',
  'said.secrets.not_read': '{what} ließen sich nicht lesen ({why}).',
  'said.secrets.stopping': 'Holdfast wird gerade beendet.',
  'said.secrets.refused':
    'Der Schlüsselbund des Systems ist nicht benutzbar ({why}). Nichts wurde geändert; erneut versuchen.',
  'said.data.file': '„{name}“ im Datenordner war eine Datei, wo ein Ordner hingehört. Sie wurde als {kept} aufgehoben.',
  'said.data.folder':
    '„{name}“ im Datenordner war ein Ordner, wo eine Datei hingehört. Er wurde als {kept} aufgehoben.',
  'said.database.damaged': 'Die Datenbank war beschädigt und wurde als {kept} aufgehoben.',
  'said.database.empty': 'Die Datenbank war leer und wurde als {kept} aufgehoben.',
  'said.database.missing':
    'Die Datenbank fehlte. (Für einen Neuanfang Holdfast beenden und auch den Ordner „backups“ entfernen.)',
  'said.database.restored': 'Die Sicherung von {time} wurde wiederhergestellt; was danach geschah, fehlt.',
  'said.database.no_backup': 'Es gab keine brauchbare Sicherung, daher begann Holdfast mit leerem Verlauf.',
  'said.database.gone':
    'Die Datenbank {file} wurde gelöscht oder ersetzt, während Holdfast läuft. Nichts lässt sich mehr speichern. Ihren Ordner zurücklegen, wenn es ihn noch gibt, oder Holdfast beenden und neu starten.',
  'said.database.deleting': 'Es wird schon etwas gelöscht. Warten, bis das fertig ist.',
  'said.database.buckets': 'Ein Zeitraum von {range} lässt sich nicht in Abschnitten von {bucket} zeigen.',
};
