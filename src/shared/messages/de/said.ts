import type { SAID as EN } from '../en/said';
import type { Translated } from '../translated';

export const SAID: Translated<typeof EN> = {
  'said.port.own': 'Port {port} ist der, den Holdfast gerade hat.',
  'said.port.taken':
    'Port {port} ist von einem anderen Programm belegt. Einen anderen Port wählen oder dieses Programm beenden.',
  'said.port.reserved': 'Port {port} ist Administratoren vorbehalten. Einen von 1024 bis 65535 wählen.',
  'said.port.free': 'Port {port} ist frei.',
  'said.secrets.keychain':
    'Werte und Anmeldungen von Servern sind verschlüsselt, mit einem Schlüssel im Schlüsselbund des Systems.',
  'said.secrets.files': 'Werte und Anmeldungen von Servern liegen in Dateien, die nur der eigene Benutzer lesen darf.',
  'said.secrets.files_chosen':
    'Werte und Anmeldungen von Servern liegen in Dateien, die nur der eigene Benutzer lesen darf, wie HOLDFAST_SECRETS=file es verlangt.',
  'said.place.data': 'Datenordner',
  'said.place.servers': 'Server',
  'said.place.log': 'Log',
  'said.place.backups': 'Sicherungen',
  'said.place.dumps': 'Absturzberichte',
  'said.server.ended': 'Beendet mit Code {code}.',
  'said.server.killed': 'Beendet durch {signal}.',
  'said.server.no_command': 'Der Befehl „{command}“ wurde nicht gefunden. Installieren oder den ganzen Pfad angeben.',
  'said.server.no_host': '{host} wurde nicht gefunden. Die Adresse oder das Netz prüfen.',
  'said.server.refused': '{host} nimmt keine Verbindungen an: Dort lauscht nichts.',
  'said.server.no_answer': 'Hat {method} nicht rechtzeitig beantwortet.',
};
