import type { STARTUP_UPDATES as EN } from '../en/startup-updates';
import type { Translated } from '../translated';

export const STARTUP_UPDATES: Translated<typeof EN> = {
  'startup.title': 'Start bei der Anmeldung',
  'startup.label': 'Holdfast bei der Anmeldung starten',
  'startup.help':
    'Das System startet Holdfast bei der Anmeldung am Rechner, mit Symbol in der Leiste und ohne Fenster.',
  'startup.switch': 'Bei der Anmeldung starten',
  'startup.no_tray':
    'Dieser Desktop zeigt keine Symbole in der Leiste, wie GNOME ohne Erweiterung. Zurück zum Fenster führt der Programmstarter: Holdfast noch einmal starten.',
  'updates.title': 'Aktualisierungen',
  'updates.label': 'Nach Aktualisierungen suchen',
  'updates.help':
    'Einmal am Tag liest Holdfast eine kleine signierte Datei. Nichts wird installiert, und die Anfrage verrät nichts über den Benutzer.',
  'updates.switch': 'Einmal am Tag suchen',
  'updates.no_key': 'Diese Version sucht nicht nach Aktualisierungen: ihr fehlt der Schlüssel des Herausgebers.',
  'updates.address': 'Adresse für Aktualisierungen',
  'updates.address.help': 'Wo die signierte Datei liegt: https://, oder http:// auf diesem Rechner.',
  'updates.address.save': 'Adresse speichern',
  'updates.address.needed': 'Zuerst eine Adresse eingeben.',
  'updates.version': 'Version',
  'updates.version.help': 'So wird diese Installation aktualisiert:',
  'updates.check': 'Jetzt suchen',
  'updates.checking': 'Sucht',
  'updates.newer': 'Holdfast {version} ist verfügbar; dies ist {current}.',
  'updates.changes': 'Neu darin:',
  'updates.newest': '{current} ist die neueste. Gesucht {time}.',
  'updates.failed': 'Gesucht {time}:',
  'updates.never': '{current}. Noch nicht gesucht.',
  'updates.unchecked': '{current}',
};
