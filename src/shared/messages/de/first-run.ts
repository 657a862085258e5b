import type { FIRST_RUN as EN } from '../en/first-run';
import type { Translated } from '../translated';

export const FIRST_RUN: Translated<typeof EN> = {
  'first_run.title': 'Erste Schritte',
  'first_run.skip': 'Überspringen',
  'first_run.done': 'Fertig',
  'first_run.step_done': 'Erledigt:',
  'first_run.clients': 'Clients finden',
  'first_run.clients.about': 'Ein verbundener Client kehrt nach jedem Abbruch und Neustart in seine Sitzung zurück.',
  'first_run.clients.other': 'Anderen Client von Hand verbinden',
  'first_run.servers': 'Server mitbringen',
  'first_run.servers.none':
    'Andere Programme haben hier keine Server. Unter „Server“ lässt sich jederzeit einer anlegen.',
  'first_run.servers.found':
    '{count, plural, one {# Server anderer Programme kann} other {# Server anderer Programme können}} hinter Holdfast laufen, für alle Clients.',
  'first_run.servers.here': '{count, plural, one {# Server ist} other {# Server sind}} in Holdfast.',
  'first_run.servers.choose': 'Server auswählen',
  'first_run.session': 'Die erste Sitzung sehen',
  'first_run.session.waiting': 'Im Client ein Tool verwenden. Die Sitzung erscheint sofort hier.',
  'first_run.session.live': 'Sitzung von <name></name>: {status}.',
  'first_run.session.open': 'Öffnen',
  'first_run.demo.start': 'Vorführen',
  'first_run.demo.again': 'Noch einmal',
  'first_run.demo.about':
    'Kein Client zur Hand? Ein Demo-Client verbindet sich, wird hart beendet, kommt zurück und entfernt sich selbst.',
  'first_run.demo.starting': 'Der Demo-Client startet …',
  'first_run.demo.connected': 'Der Demo-Client ist verbunden. Gleich wird sein Prozess hart beendet.',
  'first_run.demo.dropped': 'Der Prozess ist weg. Die Sitzung wartet auf ihn.',
  'first_run.demo.back': 'Ein neuer Prozess ist zurück in derselben Sitzung.',
  'first_run.demo.over': 'Ende der Vorführung. Prozess, Schlüssel und Sitzung sind entfernt.',
  'first_run.demo.failed': 'Die Vorführung ging schief:',
  'first_run.startup': 'Holdfast bei der Anmeldung starten',
  'first_run.startup.about': 'Ohne Fenster. Änderbar in den Einstellungen.',
  'first_run.empty': 'Noch keine Sitzungen',
  'first_run.empty.about': 'Einen Client verbinden; seine Sitzungen erscheinen hier.',
};
