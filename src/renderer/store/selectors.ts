import type { Session, StatusBreakdown } from '../../shared/contract/session';
import { countByStatus } from '../../shared/model/session';
import type { HoldfastState } from './state';

/** Remembers the latest answer for as long as what it was derived from is the same object. */
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

/** Sessions by status, probes left out. */
export const selectCounts = derived(sessions, (map): StatusBreakdown => countByStatus(map.values()));

/** Every session as a list, in no particular order. */
export const selectSessionList = derived(sessions, (map): readonly Session[] => [...map.values()]);

/** Whether the first snapshot came: before it, nothing is known, and nothing is empty. */
export const selectSynced = (state: HoldfastState): boolean => state.generation > 0;
