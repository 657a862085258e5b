import type { HoldfastEvent } from '../contract/event';

/** Whether these are calls and nothing else: there may be thousands of them a second, and they change the state of nothing. */
export const areCalls = (events: readonly HoldfastEvent[]): boolean =>
  events.every(({ kind }) => kind === 'call_completed');
