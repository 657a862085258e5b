import { t } from '../../shared/messages/language';
import { SECOND } from '../../shared/model/units';
import type { ConnectionInfo, ConnectionState } from '../bridge/bridge';
import { formatRoughly, formatUntil } from '../format/time';

export const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  live: t('connection.live'),
  reconnecting: t('connection.reconnecting'),
  polling: t('connection.polling'),
  offline: t('connection.offline'),
};

/** When a live stream is silent for longer than this, the age of its data is shown. */
const FRESH = 7 * SECOND;

/**
 * How old the data may be: empty while it is fresh, `data 12 s old` as soon as it is not, `no data yet` before the first
 * message.
 */
export function dataAge({ state, heard_at }: ConnectionInfo, now: number): string {
  if (heard_at === null) return t('connection.no_data');
  const age = Math.max(0, now - heard_at);
  if (state === 'live' && age < FRESH) return '';
  return t('connection.data_age', { age: formatRoughly(age) });
}

/** When the next try comes, as a sentence; empty when none is due. */
export const nextTry = ({ next_try_at }: ConnectionInfo, now: number): string =>
  next_try_at === null ? '' : t('connection.next_try', { when: formatUntil(next_try_at, now) });
