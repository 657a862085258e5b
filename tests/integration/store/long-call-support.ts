import { LongCalls } from '#src/main/long-calls/long-calls';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';
import { START } from './samples';
import { storeTest } from './support';

/** Call 7 of the client c_1, which became a handle. */
export const longCall = {
  call_id: 7,
  client_id: 'c_1',
  session_id: 's_1',
  transport_id: 't_1',
  server: 'one',
  tool: 'build',
  started_at: START,
  shown_as: 'handle',
  task_id: null,
  again_id: null,
} as const;

/** Tests of long calls on a real database, in time that the test moves. */
export const longCallTest = storeTest
  .extend('clock', () => new FakeClock(START))
  .extend('problems', (): unknown[] => [])
  .extend(
    'longCalls',
    ({ store, clock, problems }) =>
      new LongCalls({
        calls: store.longCalls,
        patience: store.patience,
        clock,
        timers: clock,
        random: seededRandom(),
        onProblem: (error) => problems.push(error),
      }),
  );

/** Lets everything happen that can without time passing. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
