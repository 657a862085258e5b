import type { SAID_IMPORT as EN } from '../en/said-import';
import type { Translated } from '../translated';

export const SAID_IMPORT: Translated<typeof EN> = {
  'said.import.too_large': '{file}: Die Datei ist größer als 64 MB und wurde nicht gelesen.',
  'said.import.unreadable': '{file}: nicht lesbar ({code}). Dem eigenen Benutzer das Lesen erlauben.',
  'said.import.toml': 'ungültiges TOML („{reason}“). Korrigieren.',
  'said.import.holdfast': 'Das ist Holdfast selbst.',
  'said.import.same': 'Schon vorhanden, als „{name}“.',
  'said.import.taken_name': 'Es gibt einen anderen dieses Namens.',
  'said.import.no_name': 'Der Name ist leer.',
  'said.import.space': '{name} enthält ein Leerzeichen.',
  'said.import.character': '{name} enthält „{character}“.',
  'said.import.long_name': '{name} hat mehr als {most} Zeichen.',
  'said.import.no_letter': '{name} beginnt nicht mit einem Buchstaben.',
  'said.import.changed': 'Ein Eintrag hat sich geändert, seit er gezeigt wurde. Die Liste erneut ansehen.',
  'said.import.refused': '„{name}“ von {program} lässt sich nicht übernehmen:',
  'said.import.tcp': 'Spricht über eine bloße TCP-Verbindung, was Holdfast nicht unterstützt.',
  'said.import.of_a_project': 'Braucht den Ordner eines geöffneten Projekts. Mit ausgeschriebenem Ordner hinzufügen.',
  'said.import.project': 'Aus dem Projekt {project}.',
  'said.import.asked': 'VS Code fragt beim Start nach {names}. Den Server danach bearbeiten und es eingeben.',
  'said.import.elsewhere': 'Die Adresse stammt aus "{field}".',
  'said.import.maybe_sse':
    'Vielleicht ist die Adresse eine für das ältere HTTP+SSE. Danach testen und, wenn ja, bearbeiten.',
  'said.import.env_of_project':
    'Lädt Variablen aus einer Datei eines geöffneten Projekts. Hinzufügen und sie eingeben.',
  'said.import.env_unreadable':
    'Die Datei mit Variablen, {file}, ist nicht lesbar. Wiederherstellen und erneut suchen.',
  'said.import.off_in': 'Im Projekt {project} ausgeschaltet, hier aber nicht.',
  'said.import.off_in_more': 'Im Projekt {project} und in {more} weiteren ausgeschaltet, hier aber nicht.',
  'said.import.disabled': 'Dort ausgeschaltet, daher ausgeschaltet importiert.',
  'said.import.excluded': 'Dort ausgeschlossen, daher ausgeschaltet importiert.',
  'said.import.google':
    'Meldet sich mit dem an, was Google auf diesem Rechner verwahrt ({provider}), was Holdfast nicht tut. Danach einen Header oder eine Anmeldung eingeben.',
  'said.import.login_header':
    'Die Anmeldung wird nicht übernommen: Stattdessen wird ein Authorization-Header gesendet.',
  'said.import.redirect':
    'Für den Client auch die Rücksprungadresse von Holdfast registrieren: auf dem üblichen Port {address}.',
  'said.import.secret': 'Hat dieser Client ein Geheimnis, es danach eingeben: Es steht nicht in der Datei.',
  'said.import.unclear_server': 'Der Autorisierungsserver wird nicht übernommen: Die Adresse ist unklar.',
  'said.import.endpoints':
    'Die Adressen der Anmeldung ({names}) werden nicht übernommen: Holdfast findet selbst heraus, wo anzumelden ist.',
  'said.import.login_lost': 'Von der Anmeldung nicht übernommen: {names}.',
  'said.import.limit': 'Die Beschränkung der Tools ({names}) wird nicht übernommen: Hier werden alle angeboten.',
  'said.import.times': 'Die Zeitlimits ({names}) werden nicht übernommen.',
  'said.import.headers_program':
    'Dort erzeugt ein Programm die Header ({names}), das Holdfast nicht ausführt. Danach eingeben.',
  'said.import.login': 'Die Anmeldung ({names}) wird nicht übernommen.',
  'said.import.approvals': 'Die Freigaben ({names}) werden nicht übernommen: Der Client entscheidet, wonach er fragt.',
  'said.import.not_taken': 'Nicht übernommen: {names}.',
  'said.import.wrong_type': 'Nicht übernommen, da von falscher Art: {names}.',
  'said.import.no_text': 'Weggelassen, da es keinen Text dafür gibt: {names}.',
  'said.import.limits': 'Die Beschränkung der Tools gilt auch hier für {program}, wenn es verbunden ist.',
  'said.import.limits_all': 'Der ganze Server ist davor verborgen.',
  'said.import.limits_only': 'Sichtbar: {names}.',
  'said.import.limits_except': 'Verborgen: {names}.',
  'said.import.unsure':
    'Claude Code schreibt _ für einen Punkt oder Schrägstrich in einem Namen: Nachsehen, ob die Tools wirklich {names} heißen.',
  'said.import.rule': 'Nicht übernommen: die Verbotsregel {rule}. Diese Tools hier verbergen.',
  'said.import.rules': 'Nicht übernommen: die Verbotsregel {rule} und {more} weitere. Diese Tools hier verbergen.',
  'said.client.not_connected': '{name} ist nicht verbunden. Es gibt nichts zurückzunehmen.',
  'said.client.no_key': 'Die Datei von {name} enthält keinen gültigen Schlüssel. Stattdessen {client} verbinden.',
  'said.client.changed':
    '{file} hat sich geändert, seit sie gezeigt wurde, und blieb, wie sie ist. Die Änderung erneut ansehen.',
  'said.client.own_key': '{name} liest den Schlüssel nur aus der eigenen Datei. --key weglassen oder „file“ wählen.',
  'said.client.there': '{name} hat Holdfast schon in den Einstellungen. Erst mit „Rückgängig“ herausnehmen.',
  'said.client.not_ours':
    'Holdfast hat {name} nicht verbunden und lässt daher dessen übrige Einstellungen in Ruhe. Erst verbinden.',
  'said.client.not_here': '{name} wurde auf diesem Rechner nicht gefunden. Einmal starten und erneut versuchen.',
  'said.settings_file.no_object': '{file}: "{name}" ist kein Objekt. Korrigieren und erneut versuchen.',
  'said.settings_file.nested': '{file} ist zu tief verschachtelt und bleibt, wie sie ist.',
  'said.settings_file.unusual':
    '{file} ist so geschrieben, dass sie sich nicht sicher ändern lässt. Den Eintrag von Hand hinzufügen oder entfernen.',
  'said.settings_file.folder': '{file} ist ein Ordner. Verschieben, damit dort eine Datei sein kann.',
  'said.settings_file.not_regular': '{file} ist keine gewöhnliche Datei. Durch eine ersetzen.',
  'said.settings_file.large':
    '{file} hat mehr als {size} MiB und bleibt, wie sie ist. Den Eintrag von Hand hinzufügen.',
  'said.settings_file.unreadable': '{file} ist nicht lesbar: „{reason}“.',
  'said.settings_file.not_utf8': '{file} ist kein UTF-8-Text. Als UTF-8 speichern und erneut versuchen.',
  'said.settings_file.read_only':
    '{file} ist schreibgeschützt. Das Schreiben dort und im Ordner erlauben und erneut versuchen.',
  'said.settings_file.changed': '{file} wurde inzwischen geändert und bleibt, wie sie ist. Erneut versuchen.',
  'said.settings_file.not_written': '{file} lässt sich nicht schreiben: „{reason}“.',
};
