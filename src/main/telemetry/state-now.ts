import type { SessionStatus } from '../../shared/contract/session';

/** What can be counted at this moment. */
export interface StateNow {
  /** Sessions by status, without those that were never used. */
  readonly sessions: Readonly<Record<SessionStatus, number>>;
  readonly servers: readonly { readonly server: string; readonly state: string; readonly processes: number }[];
}

/** In seconds: from what is answered from memory to what takes minutes. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
