import type { TELEMETRY as EN } from '../en/telemetry';
import type { Translated } from '../translated';

export const TELEMETRY: Translated<typeof EN> = {
  'telemetry.title': 'Telemetrie',
  'telemetry.otlp': 'Spans und Metriken senden',
  'telemetry.otlp.help':
    'Ein Span für jeden Aufruf, dazu Metriken, an den eigenen OpenTelemetry-Empfänger. Argumente, Ergebnisse und Fehlertexte sind nie dabei.',
  'telemetry.otlp.switch': 'An den Empfänger senden',
  'telemetry.address': 'Empfänger',
  'telemetry.address.help': 'OTLP über HTTP: https://, oder http:// auf diesem Rechner.',
  'telemetry.address.save': 'Empfänger speichern',
  'telemetry.address.needed': 'Zuerst die Adresse des Empfängers eintragen.',
  'telemetry.headers': 'Mitgesendete Header: {names}',
  'telemetry.sent': '{spans, plural, one {# Span} other {# Spans}} gesendet, zuletzt {time}.',
  'telemetry.failed': 'Fehlgeschlagen {time}:',
  'telemetry.test': 'Empfänger prüfen',
  'telemetry.test.help': 'Fragt, ob der Empfänger Spans annimmt. Sendet keine.',
  'telemetry.test.send': 'Jetzt fragen',
  'telemetry.test.busy': 'Frage läuft',
  'telemetry.test.good': 'Der Empfänger nimmt Spans an.',
  'telemetry.metrics': 'Metriken für Prometheus',
  'telemetry.metrics.help':
    'Prometheus liest {url} mit einem eigenen Schlüssel. Einschalten erzeugt einen neuen Schlüssel.',
  'telemetry.metrics.switch': 'Prometheus darf Metriken lesen',
  'telemetry.metrics.key': 'Der Schlüssel, nur dieses eine Mal:',
  'telemetry.metrics.copy': 'Schlüssel kopieren',
};
