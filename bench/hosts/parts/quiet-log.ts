import type { StoreLog } from '../../../src/main/store/lifecycle/database';

const nothing = () => undefined;

/** A bench says nothing of a healthy store. What is wrong with one still ends the bench. */
export const quietLog: StoreLog = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: (...what: unknown[]) => console.error(...what),
} as StoreLog;
