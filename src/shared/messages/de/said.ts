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
  'place.data': 'Datenordner',
  'place.servers': 'Server',
  'place.log': 'Log',
  'place.backups': 'Sicherungen',
  'place.dumps': 'Absturzberichte',
};
