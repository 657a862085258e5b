import type { HoldfastEvent } from '../../../shared/contract/event';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';

const isNews = ({ kind }: HoldfastEvent): boolean => /^(servers?|keeper|login|logged)_/.test(kind);

/** Memory changes without any event, so an open view asks now and then. */
const OPEN: Pace = { afterEvents: SECOND / 4, anyway: 5 * SECOND, isNews };
const ASIDE: Pace = { afterEvents: SECOND / 4, anyway: MINUTE, isNews };

/**
 * Keeps `state.servers` up to date: at once when something happens to a server, and every 5 s while its view is open.
 *
 * @returns the last failure; null once it loads again
 */
export function useServers(where: 'open' | 'aside'): unknown {
  const { loadServers } = useActions();
  return useRefresh(loadServers, where === 'open' ? OPEN : ASIDE);
}
