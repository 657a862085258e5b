import { SECOND } from '../../shared/model/units';
import type { ConnectionInfo, ConnectionState } from '../bridge/bridge';
import { formatRoughly, formatUntil } from '../format/time';

export const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  live: 'Up to date',
  reconnecting: 'Reconnecting',
  polling: 'Polling',
  offline: 'Offline',
};

/** When a live stream is silent for longer than this, the age of its data is shown. */
const FRESH = 7 * SECOND;

/**
 * How old the data may be: empty while it is fresh, `data 12 s old` as soon as it is not, `no data yet` before the first
 * message.
 */
export function dataAge({ state, heard_at }: ConnectionInfo, now: number): string {
  if (heard_at === null) return 'no data yet';
  const age = Math.max(0, now - heard_at);
  if (state === 'live' && age < FRESH) return '';
  return `data ${formatRoughly(age)} old`;
}

/** When the next try comes, as a sentence; empty when none is due. */
export const nextTry = ({ next_try_at }: ConnectionInfo, now: number): string =>
  next_try_at === null ? '' : `Next try ${formatUntil(next_try_at, now)}.`;
