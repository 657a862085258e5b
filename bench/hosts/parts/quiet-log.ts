import type { StoreLog } from '../../../src/main/store/lifecycle/database';

const nothing = () => undefined;

/** A bench logs nothing about a healthy store, only its errors. */
export const quietLog: StoreLog = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: (...what: unknown[]) => console.error(...what),
} as StoreLog;
