import { Store } from '../../src/main/store/store';
import type { SessionStatus } from '../../src/shared/contract/session';
import { HOUR, type Ms } from '../../src/shared/model/units';
import { serveCommands } from './parts/commands';
import { storedSession } from './parts/made-up';
import { quietLog } from './parts/quiet-log';

const BATCH = 500;
/** Nobody is attached: the next start has nothing to recover, and nothing expires while it is measured. */
const STATUSES: readonly SessionStatus[] = ['disconnected', 'disconnected', 'disconnected', 'closed', 'expired'];
const SPAN: Ms = 12 * HOUR;

/** Fills a data folder with sessions of the last half day. */
function fill({ folder, sessions }: { folder: string; sessions: number }): void {
  const store = Store.open({ folder, now: Date.now, log: quietLog });
  const from = Date.now() - SPAN;
  for (let done = 0; done < sessions; done += BATCH) {
    const count = Math.min(BATCH, sessions - done);
    store.repository.commit({
      events: [],
      sessions: Array.from({ length: count }, (_, index) => {
        const number = done + index;
        const at = from + Math.floor((number / sessions) * SPAN * 0.9);
        return storedSession(number, at, STATUSES[number % STATUSES.length] ?? 'closed');
      }),
    });
  }
  store.close();
}

serveCommands({ fill });
