/** Commits sessions and events as fast as it can, and prints the seq of every one that was acknowledged. */
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { Store } from '#src/main/store/store';
import { call, reconnected, storedSession } from '#tests/integration/store/samples';

const folder = process.argv[2] ?? '';
const store = Store.open({ folder, now: Date.now, log: pino({ level: 'silent' }) });
writeSync(1, 'open\n');
for (let round = 0; ; round += 1) {
  const stored = storedSession({
    session_id: `s_${process.pid}_${round}`,
    status: round % 3 === 0 ? 'active' : 'idle',
  });
  const { session_id } = stored.session;
  const at = Date.now();
  const events = store.repository.commit({
    sessions: [stored],
    events: [call(session_id, at, round % 500), reconnected(session_id, at, round % 90_000)],
  });
  // Not a stream: what was printed must have left the process.
  writeSync(1, `${events.at(-1)?.seq}\n`);
  if (round % 10 === 0) store.observe(at);
}
