import type { SAID_REQUEST as EN } from '../en/said-request';
import type { Translated } from '../translated';

export const SAID_REQUEST: Translated<typeof EN> = {
  'said.recording.most': 'Von höchstens {most} Servern zugleich werden Inhalte aufgezeichnet.',
  'said.tool.not_changed': 'Der Server „{server}“ hat kein geändertes Tool „{tool}“.',
  'said.again.impossible': 'Hier lassen sich keine Aufrufe machen.',
  'said.again.not_again': 'Dieser Aufruf lässt sich nicht wiederholen.',
  'said.again.confirm': 'Den Aufruf bestätigen: Das Tool ist nicht als eines gekennzeichnet, das nichts ändert.',
  'said.doctor.no_file': 'Im Datenordner gibt es keine endpoint.json. Holdfast neu starten.',
  'said.bundle.times': 'Der Zeitraum endet, bevor er beginnt: `from` muss vor `to` liegen.',
  'said.bundle.no_file': 'Diese Datei gibt es in diesem Paket nicht.',
  'said.bundle.gone':
    'Dieses Paket ist weg: Es wurde zehn Minuten lang aufgehoben, oder ein neueres hat es ersetzt. Neu erstellen.',
  'said.demo.slow': 'Der Demo-Client hat sich nicht rechtzeitig verbunden.',
  'said.demo.not_started': 'Der Demo-Client lässt sich nicht starten: „{reason}“.',
  'said.demo.ended': 'Der Demo-Client endete, bevor er verbunden war.',
  'said.demo.not_connected': 'Der Demo-Client konnte sich nicht verbinden.',
  'said.demo.stops': 'Holdfast wird beendet.',
  'said.set.rules': 'Mehr als {most} Dinge würden einzeln verborgen. Stattdessen ganze Server verbergen.',
  'said.set.sets': 'Es kann {most} Profile geben. Erst eines löschen.',
  'said.set.parts': 'Ein Profil kann {most} Teile haben. Ganze Server aufnehmen.',
  'said.handover.no_tool':
    'Die Sitzung ist an der Adresse eines einzelnen Servers, wo kein Tool eine Einladung annimmt. Auf die nächste Verbindung warten lassen.',
  'said.handover.no_sharing':
    'Nur Clients mit MCP-Sitzungen können die Server einer Sitzung teilen: Ohne würden alle Chats eines Clients gefragt oder keiner.',
  'said.handover.shared_already':
    'Dieser Client hat keine MCP-Sitzungen: Alle seine Chats teilen diese Sitzung schon. Einen anderen Client oder eine andere Sitzung wählen.',
  'said.handover.in_use':
    'Dieser Client hat keine MCP-Sitzungen und benutzt an dieser Adresse eine eigene Sitzung, die alle seine Chats teilen. Eine Einladung erstellen, die ein Chat bewusst annimmt, oder erst diese Sitzung beenden.',
  'said.input.no_name': 'dem Client einen Namen geben',
  'said.input.patience': 'ein Client wartet höchstens einen Tag',
  'said.input.webhook_length': 'die Adresse des Webhooks hat höchstens 2048 Zeichen',
  'said.input.webhook':
    'eine https://-Adresse oder eine http://-Adresse dieses Rechners angeben, ohne Namen oder Passwort darin',
  'said.input.time_of_day': 'eine Uhrzeit wie 22:30 schreiben',
  'said.input.header': 'ist nicht der Name eines Headers',
  'said.input.too_late': 'eine Zeit vor dem Jahr 275760 angeben, in Millisekunden seit 1970',
  'said.input.nothing': 'angeben, was zu zeigen oder zu verbergen ist',
  'said.input.part': 'Art und Name angeben oder, für den ganzen Server, keines von beiden',
  'said.input.invalid': 'die Eingabe ist ungültig',
  'said.window.no_method': 'Die Methode „{method}“ gibt es nicht.',
};
