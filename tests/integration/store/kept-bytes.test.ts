import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { NewStream } from '#src/main/mcp/stored-streams';
import type { ByteLimits } from '#src/main/store/events/kept-bytes';
import { StreamStore } from '#src/main/store/events/stream-store';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { DAY } from '#src/shared/model/units';
import { START } from './samples';
import { storeTest as base, openBeside, openStore } from './support';

const MIB = 1024 * 1024;
const LIMITS: ByteLimits = { perSession: 1_000, inAll: 2_500 };

const test = base.extend('streams', ({ folder, store }) => {
  expect(store.notices).toEqual([]);
  const db = openBeside(folder);
  return new StreamStore(db, new Transactions(db), LIMITS);
});

const stream = (stream_id: string, session_id = 's_1'): NewStream => ({
  stream_id,
  session_id,
  kind: 'post',
  request_ids: [stream_id],
  created_at: START,
});
const answer = (id: string, bytes: number): string => {
  const empty = JSON.stringify({ jsonrpc: '2.0', id, result: { text: '' } });
  return JSON.stringify({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(bytes - empty.length) } });
};

/** Stores an answer in a stream of its own. */
function keep(streams: StreamStore, id: string, bytes: number, session = 's_1'): void {
  streams.open(stream(id, session));
  streams.append(id, null, START);
  streams.append(id, answer(id, bytes), START, false, id);
}

/** What a client that has nothing of the stream yet gets: the answer itself, or an error in its place. */
function got(streams: StreamStore, id: string, session = 's_1'): string {
  const [only] = streams.after(session, id, 1);
  const message = JSON.parse(only?.message ?? '{}');
  expect([only?.index, message.id]).toEqual([2, id]);
  if (message.error) expect(message.error.message).toMatch(/too large to be kept/);
  return message.error ? 'error' : 'answer';
}

const all = (streams: StreamStore, ids: string[]) => ids.map((id) => got(streams, id));

describe('messages over the limit of a session', () => {
  test('go with the oldest, each replaced by an error that answers its request', ({ streams }) => {
    for (const id of ['a', 'b', 'c', 'd']) keep(streams, id, 300);
    expect(all(streams, ['a', 'b', 'c', 'd'])).toEqual(['error', 'error', 'answer', 'answer']);
  });

  test('go with those that were delivered, however young they are', ({ streams }) => {
    for (const id of ['a', 'b', 'c']) keep(streams, id, 300);
    for (const id of ['b', 'c']) streams.delivered(id);
    keep(streams, 'd', 300);
    expect(all(streams, ['a', 'b', 'c', 'd'])).toEqual(['answer', 'error', 'error', 'answer']);
  });

  test('are counted anew when a stream moves, and after a failed write', ({ streams }) => {
    for (const id of ['a', 'b']) keep(streams, id, 400);
    expect(() => streams.append('gone', answer('x', 900), START)).toThrow();
    keep(streams, 'c', 400, 's_2');
    streams.move('c', 's_1');
    keep(streams, 'd', 100);
    expect(all(streams, ['a', 'b', 'c', 'd'])).toEqual(['error', 'error', 'answer', 'answer']);
  });

  test('and larger than all of it are not stored, and take nothing along', ({ streams }) => {
    keep(streams, 'a', 900);
    keep(streams, 'b', 1_001);
    expect(all(streams, ['a', 'b'])).toEqual(['answer', 'error']);
  });

  test('that answer nothing are left out of the replay', ({ streams }) => {
    streams.open(stream('a'));
    const note = (n: number) => JSON.stringify({ method: 'n', params: { n, text: 'x'.repeat(500) } });
    for (const n of [1, 2, 3]) streams.append('a', note(n), START);
    expect(streams.after('s_1', 'a', 0).map(({ index }) => index)).toEqual([3]);
  });
});

test('messages over the limit of all sessions go with the delivered ones of any session', ({ streams }) => {
  for (const session of ['s_1', 's_2']) for (const n of [1, 2]) keep(streams, `${session}.${n}`, 450, session);
  streams.delivered('s_2.2');
  keep(streams, 's_3.1', 500, 's_3');
  keep(streams, 's_4.1', 500, 's_4');
  const kept = ['s_1.1', 's_1.2', 's_2.1', 's_2.2', 's_3.1', 's_4.1'].map((id) => got(streams, id, id.slice(0, 3)));
  expect(kept).toEqual(['error', 'error', 'answer', 'error', 'answer', 'answer']);
});

test('after a limit was lowered, a message takes little with it; the rest goes later', ({ store, folder }) => {
  expect(store.notices).toEqual([]);
  const db = openBeside(folder);
  const kept = () => db.prepare('SELECT count(*) FROM stream_messages WHERE bytes > 0').pluck().get();
  const many = new StreamStore(db, new Transactions(db), { perSession: MIB, inAll: MIB });
  db.transaction(() => {
    for (let n = 0; n < 500; n += 1) keep(many, `m.${n}`, 200);
  })();
  expect(kept()).toBe(500);
  many.limit(5_000);
  keep(many, 'small', 200);
  expect(kept()).toBe(401);
  // Of the size of 120 others, which have to go.
  keep(many, 'large', 120 * 200);
  expect(kept()).toBe(282);
  expect(got(many, 'large')).toBe('answer');
  expect([many.trimStep(200), kept()]).toEqual([200, 82]);
});

test('what makes room is overwritten in the file', ({ folder }) => {
  const store = openStore(folder);
  const db = openBeside(folder);
  const one = new StreamStore(db, new Transactions(db), { perSession: 100_000, inAll: 100_000 });
  one.open(stream('a'));
  // Of many pages, few of which are used again.
  one.append('a', JSON.stringify({ id: 'a', result: 'canary-of-room'.repeat(7_000) }), START, false, 'a');
  one.append('a', JSON.stringify({ id: 'b', result: 'y'.repeat(9_000) }), START, false, 'b');
  store.close();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  expect(readFileSync(join(folder, 'holdfast.db')).includes('canary-of-room')).toBe(false);
});

test('ten answers of 30 MB take about one of them on the disk, and the file shrinks again', async ({ folder }) => {
  const store = openStore(folder);
  const text = answer('x', 30 * MIB);
  const size = () => statSync(join(folder, 'holdfast.db')).size + statSync(join(folder, 'holdfast.db-wal')).size;
  for (let n = 0; n < 10; n++) {
    store.streams.open(stream(`big.${n}`));
    store.streams.append(`big.${n}`, text, START, false, 'x');
    store.streams.done(`big.${n}`);
    store.streams.delivered(`big.${n}`);
  }
  expect(size()).toBeLessThan(80 * MIB);
  await store.maintain(START + 2 * DAY);
  for (let round = 0; round < 20; round++) await store.maintain(START + 2 * DAY);
  openBeside(folder).pragma('wal_checkpoint(TRUNCATE)');
  expect(size()).toBeLessThan(2 * MIB);
});
