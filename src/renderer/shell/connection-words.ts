import { SECOND } from '../../shared/model/units';
import type { ConnectionInfo, ConnectionState } from '../bridge/bridge';
import { formatRoughly, formatUntil } from '../format/time';

export const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  live: 'Live',
  reconnecting: 'Reconnecting',
  polling: 'Polling',
  offline: 'Offline',
};

/** A live stream is never silent for longer than this without its age being shown. */
const FRESH = 7 * SECOND;

/**
 * How old what is shown may be: empty while it is fresh, `data 12 s old` as soon as it is not, `no data yet` before the
 * first message.
 */
export function dataAge({ state, heard_at }: ConnectionInfo, now: number): string {
  if (heard_at === null) return 'no data yet';
  const age = Math.max(0, now - heard_at);
  if (state === 'live' && age < FRESH) return '';
  return `data ${formatRoughly(age)} old`;
}

/** When the next try comes, as a clause; empty when none is due. */
export const nextTry = ({ next_try_at }: ConnectionInfo, now: number): string =>
  next_try_at === null ? '' : `Next try ${formatUntil(next_try_at, now)}.`;
