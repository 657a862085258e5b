import type { FailingCalls } from '#src/shared/contract/activity';
import { HOUR, MINUTE } from '#src/shared/model/units';
import { T0 } from './make';

/** Calls that time out, again and again. */
export const FAILING: FailingCalls = {
  group_id: 'a1b2',
  from: T0 - HOUR,
  count: 31,
  of: 40,
  server: 'tickets',
  name: 'search',
  outcome: 'error',
  error: 'Timed out after 30 s',
  pattern: 'Timed out after # s',
  last_at: T0 - MINUTE,
};
