import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { Store } from '../../src/main/store/store';
import type { NewEvent } from '../../src/shared/contract/event';
import type { HistoryRange } from '../../src/shared/contract/history';
import { DAY, MINUTE, type Ms } from '../../src/shared/model/units';
import { serveCommands } from './parts/commands';
import { eventAt, storedSession } from './parts/made-up';
import { quietLog } from './parts/quiet-log';

const BATCH = 2_000;
const SPAN: Ms = 30 * DAY;
const LIVE_SESSIONS = 20;

/** What history would read if there were no rollups; it leaves out percentiles, gaps and live sessions. */
const RAW = `SELECT at / :size AS bucket, kind, cause, count(*) AS events
  FROM events WHERE at >= :from AND at < :to GROUP BY 1, 2, 3`;

const [folder = ''] = process.argv.slice(2);
const now = Date.now();
const store = Store.open({ folder, now: () => now, log: quietLog });

/** Fills thirty days with that many events, through the same code that the product appends with. */
function fill({ events }: { events: number }): { seconds: number } {
  const begin = performance.now();
  const from = now - SPAN;
  store.repository.commit({
    events: [],
    sessions: Array.from({ length: LIVE_SESSIONS }, (_, index) => storedSession(index, from, 'active')),
  });
  let looked = from;
  for (let done = 0; done < events; done += BATCH) {
    store.transaction(() => {
      const batch: NewEvent[] = [];
      for (let index = done; index < Math.min(done + BATCH, events); index++) {
        const at = Math.floor(from + ((index + 1) / events) * SPAN);
        batch.push(eventAt(index, at));
        for (; looked + MINUTE <= at; looked += MINUTE) store.observe(looked);
      }
      store.repository.commit({ events: batch });
    });
  }
  return { seconds: (performance.now() - begin) / 1000 };
}

const reader = () => new SqliteDatabase(join(folder, 'holdfast.db'), { readonly: true }).prepare(RAW);
let raw: ReturnType<typeof reader> | null = null;

/** Milliseconds of each of `times` queries, and how much came back, so that nobody measures an empty answer. */
function time(times: number, query: () => number): { ms: number[]; events: number } {
  const ms: number[] = [];
  let events = 0;
  for (let index = 0; index < times; index++) {
    const begin = performance.now();
    events = query();
    ms.push(performance.now() - begin);
  }
  return { ms, events };
}

serveCommands({
  fill,
  ours: ({ range, times }: { range: HistoryRange; times: number }) =>
    time(times, () => store.history.query({ range }, now).buckets.reduce((sum, { calls }) => sum + calls, 0)),
  raw({ range, times }: { range: HistoryRange; times: number }) {
    raw ??= reader();
    const statement = raw;
    const { from, to, bucket_ms: size } = store.history.query({ range }, now);
    return time(times, () => {
      const rows = statement.all({ from, to, size }) as { kind: string; events: number }[];
      return rows.reduce((sum, row) => sum + (row.kind === 'call_completed' ? row.events : 0), 0);
    });
  },
});
