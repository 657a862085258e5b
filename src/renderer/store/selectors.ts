import type { Session, StatusBreakdown } from '../../shared/contract/session';
import { countByStatus } from '../../shared/model/session';
import type { HoldfastState } from './state';

/** Caches the latest answer for as long as the object it was derived from stays the same. */
function derived<From extends object, T>(from: (state: HoldfastState) => From, derive: (from: From) => T) {
  let source: From | undefined;
  let answer: T;
  return (state: HoldfastState): T => {
    const next = from(state);
    if (next !== source) {
      source = next;
      answer = derive(next);
    }
    return answer;
  };
}

const sessions = (state: HoldfastState) => state.sessions;

/** Sessions by status, without probes. */
export const selectCounts = derived(sessions, (map): StatusBreakdown => countByStatus(map.values()));

/** Every session as a list, in no particular order. */
export const selectSessionList = derived(sessions, (map): readonly Session[] => [...map.values()]);

/** Whether the first snapshot has arrived. Until then nothing is known, not even that a list is empty. */
export const selectSynced = (state: HoldfastState): boolean => state.generation > 0;
