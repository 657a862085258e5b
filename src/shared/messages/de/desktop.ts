import type { DESKTOP as EN } from '../en/desktop';
import type { Translated } from '../translated';

export const DESKTOP: Translated<typeof EN> = {
  'desktop.tray.tip': 'Holdfast: {sentence}',
  'desktop.tray.sessions': 'Sitzungen: {active, number} aktiv, {idle, number} ruhend, {disconnected, number} getrennt',
  'desktop.tray.need.needs_login': 'Bei {name} anmelden …',
  'desktop.tray.need.untrusted': '{name} bestätigen …',
  'desktop.tray.need.waiting': '{name} erneut versuchen …',
  'desktop.tray.need.circuit_open': '{name} erneut versuchen …',
  'desktop.tray.need.broken': '{name} berichtigen …',
  'desktop.tray.pause': 'Mitteilungen für 1 Stunde anhalten',
  'desktop.tray.resume': 'Mitteilungen fortsetzen',
  'desktop.open': 'Holdfast öffnen',
  'desktop.quit': 'Holdfast beenden',
  'desktop.menu.file': '&Datei',
  'desktop.menu.edit': '&Bearbeiten',
  'desktop.menu.view': '&Ansicht',
  'desktop.menu.help': '&Hilfe',
  'desktop.menu.close': 'Fenster schließen',
  'desktop.menu.full_screen': 'Vollbild',
  'desktop.edit.undo': 'Rückgängig',
  'desktop.edit.redo': 'Wiederholen',
  'desktop.edit.cut': 'Ausschneiden',
  'desktop.edit.copy': 'Kopieren',
  'desktop.edit.paste': 'Einfügen',
  'desktop.edit.delete': 'Löschen',
  'desktop.edit.all': 'Alles auswählen',
  'desktop.told.many': 'Holdfast: {count, number} Probleme brauchen Aufmerksamkeit',
  'desktop.told.more': 'Und {count, number} weitere.',
  'desktop.told.test': 'Das ist ein Test. So werden Probleme gemeldet, die ein Eingreifen brauchen.',
  'desktop.closing.title': 'Holdfast läuft weiter',
  'desktop.closing.tray':
    'Die Sitzungen bleiben ohne das Fenster am Leben. Das Symbol in der Leiste öffnet es wieder; „Holdfast beenden“ steht in seinem Menü.',
  'desktop.closing.command':
    'Die Sitzungen bleiben ohne das Fenster am Leben. Ein neuer Start von Holdfast öffnet es wieder. „holdfast quit“ beendet Holdfast.',
  'desktop.start.failed': 'Holdfast kann nicht starten',
  'desktop.start.again': 'Erneut versuchen',
  'desktop.start.quit': 'Beenden',
  'desktop.save.failed': 'Holdfast kann nichts speichern',
  'desktop.download.failed': 'Die Datei wurde nicht gespeichert',
  'desktop.download.failed.text':
    'Bitte prüfen, ob auf dem Datenträger Platz ist und in den Ordner geschrieben werden darf, und dann erneut exportieren.',
};
