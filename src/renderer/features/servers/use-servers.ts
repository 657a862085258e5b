import type { HoldfastEvent } from '../../../shared/contract/event';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';

const isNews = ({ kind }: HoldfastEvent): boolean => /^(servers?|keeper)_/.test(kind);

/** Memory changes without any event, so who looks at it asks now and then. */
const OPEN: Pace = { afterEvents: SECOND / 4, anyway: 5 * SECOND, isNews };
const ASIDE: Pace = { afterEvents: SECOND / 4, anyway: MINUTE, isNews };

/**
 * Keeps `state.servers` up to date: at once when something happened to a server, and every 5 s while they are looked at.
 *
 * @returns the last failure; null once it loads again
 */
export function useServers(where: 'open' | 'aside'): unknown {
  const { loadServers } = useActions();
  return useRefresh(loadServers, where === 'open' ? OPEN : ASIDE);
}
