import type { CHARTS as EN } from '../en/charts';
import type { Translated } from '../translated';

export const CHARTS: Translated<typeof EN> = {
  'charts.range.1h': 'Letzte Stunde',
  'charts.range.24h': 'Letzte 24 Stunden',
  'charts.range.7d': 'Letzte 7 Tage',
  'charts.range.30d': 'Letzte 30 Tage',
  'charts.span': '{day}, {from} – {to}',
  'charts.span.days': '{day}, {from} – {last_day}, {to}',
  'charts.described': '{when}: {what}',
  'charts.keys': 'Pfeiltasten bewegen sich durch die Zeit.',
  'charts.keys.pick': 'Pfeiltasten bewegen sich durch die Zeit, Enter listet die Ereignisse auf.',

  'charts.gap.asleep': 'Der Rechner war im Ruhezustand',
  'charts.gap.not_running': 'Holdfast lief nicht',
  'charts.gap.before': 'Vor dem ersten Start von Holdfast',
  'charts.hatching.asleep': 'Ruhezustand',
  'charts.hatching.not_running': 'Lief nicht',

  'charts.reconnects': 'Rückkehren und Trennungen im Zeitverlauf',
  'charts.disconnect.ended': 'Client beendet',
  'charts.disconnect.ended.meaning': 'Trennungen: Der Prozess des Clients ist weg.',
  'charts.disconnect.lost': 'Verbindung verloren',
  'charts.disconnect.lost.meaning': 'Trennungen: Der Stream brach ab, oder lange kam nichts.',
  'charts.disconnect.holdfast': 'Holdfast beendet',
  'charts.disconnect.holdfast.meaning': 'Trennungen: Holdfast selbst wurde beendet oder abgebrochen.',
  'charts.disconnect.user': 'Von Hand',
  'charts.disconnect.user.meaning': 'Trennungen: Jemand hat die Sitzung hier getrennt.',
  'charts.server_stops': 'Serverstopps',
  'charts.latency': 'Latenz der Aufrufe im Zeitverlauf',
  'charts.latency.p50': 'Median',
  'charts.latency.p95': '95 %',
  'charts.live': 'Verbundene Sitzungen im Zeitverlauf',
  'charts.live.average': 'Durchschnitt',
  'charts.live.peak': 'Höchstwert',
};
