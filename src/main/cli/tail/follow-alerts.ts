import { type Alert, alertsSchema } from '../../../shared/contract/alert';
import { Admin } from '../admin';
import { findRunning } from '../find';
import { follow } from '../follow';
import { printLine } from '../print';
import { alertLine } from './words';

/** Alerts are noticed every two seconds, so asking more often shows nothing sooner. */
const PERIOD_MS = 2_000;
/** Far more than a list has, so that what is listed is never forgotten. */
const MOST_REMEMBERED = 4_000;

/**
 * Prints what the user is told of: what is open now, then what opens and what is over, until it is interrupted. Goes on over
 * restarts of Holdfast.
 * @param say - tells the user about the following itself
 */
export function followAlerts(folder: string, json: boolean, say: (text: string) => void): Promise<void> {
  const news = newsOf();
  return follow({
    period: PERIOD_MS,
    what: 'alerts',
    say,
    async read() {
      const admin = await Admin.of(findRunning(folder));
      return alertsSchema.parse(await admin.ask('/api/mcp/alerts')).alerts;
    },
    print(alerts) {
      for (const alert of news(alerts)) printLine(json ? JSON.stringify(alert) : alertLine(alert));
      return false;
    },
  });
}

/** Returns what picks, of each list, what was not printed yet. Alerts that were over before the first list never are. */
export function newsOf(): (alerts: readonly Alert[]) => Alert[] {
  const printed = new Set<string>();
  const isNew = (id: string, state: 'open' | 'over') => {
    const mark = `${state} ${id}`;
    if (printed.has(mark)) return false;
    printed.add(mark);
    for (const oldest of printed) {
      if (printed.size <= MOST_REMEMBERED) break;
      printed.delete(oldest);
    }
    return true;
  };
  let isFirst = true;
  return (alerts) => {
    const news = alerts.flatMap((alert) => {
      const { id, told_at, ended_at } = alert;
      if (told_at === null) return [];
      if (ended_at === null) return isNew(id, 'open') ? [alert] : [];
      // One may come and go between two lists.
      const began = isNew(id, 'open') && !isFirst ? [{ ...alert, ended_at: null }] : [];
      return isNew(id, 'over') && !isFirst ? [...began, alert] : began;
    });
    isFirst = false;
    return news;
  };
}
