import { setTimeout as delay } from 'node:timers/promises';
import { type Alert, alertsSchema } from '../../../shared/contract/alert';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import { findRunning } from '../find';
import { printLine } from '../print';
import { alertLine } from './words';

/** Alerts are noticed every two seconds, so asking more often shows nothing sooner. */
const PERIOD_MS = 2_000;

/**
 * Prints what the user is told of: what is open now, then what opens and what is over, until it is interrupted. Goes on over
 * restarts of Holdfast.
 * @param say - tells the user about the following itself
 */
export async function followAlerts(folder: string, json: boolean, say: (text: string) => void): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const { signal } = stopping;
  const news = newsOf();
  let isAway = false;
  say('following alerts; end it with Ctrl+C');
  while (!signal.aborted) {
    try {
      const admin = await Admin.of(findRunning(folder));
      const { alerts } = alertsSchema.parse(await admin.ask('/api/mcp/alerts'));
      if (isAway) say('Holdfast is back');
      isAway = false;
      for (const alert of news(alerts)) printLine(json ? JSON.stringify(alert) : alertLine(alert));
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (!isAway) say('Holdfast is gone; waiting for it');
      isAway = true;
    }
    await delay(PERIOD_MS, undefined, { signal }).catch(() => {});
  }
}

/** Returns what picks, of each list, what was not printed yet. Alerts that were over before the first list never are. */
export function newsOf(): (alerts: readonly Alert[]) => Alert[] {
  let open = new Set<string>();
  let over = new Set<string>();
  let isFirst = true;
  return (alerts) => {
    const told = alerts.filter(({ told_at }) => told_at !== null);
    const news = told.flatMap((alert) => {
      if (alert.ended_at === null) return open.has(alert.id) ? [] : [alert];
      if (isFirst || over.has(alert.id)) return [];
      // It may have come and gone between two lists.
      return open.has(alert.id) ? [alert] : [{ ...alert, ended_at: null }, alert];
    });
    // No larger than the list, whatever it was before.
    open = new Set(told.filter(({ ended_at }) => ended_at === null).map(({ id }) => id));
    over = new Set(told.filter(({ ended_at }) => ended_at !== null).map(({ id }) => id));
    isFirst = false;
    return news;
  };
}
