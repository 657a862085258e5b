import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { NewStream } from '#src/main/mcp/stored-streams';
import type { Store } from '#src/main/store/store';
import { START, storedSession } from './samples';
import { openStore, storeTest as test } from './support';

const stream = (stream_id: string, more: Partial<NewStream> = {}): NewStream => ({
  stream_id,
  session_id: 's_1',
  kind: 'post',
  request_ids: [],
  created_at: START,
  ...more,
});
const message = (n: number) => JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { n } });
const append = (store: Store, id: string, count: number, at = START) =>
  Array.from({ length: count }, (_, index) => store.streams.append(id, message(index + 1), at));

describe('a stream', () => {
  test('numbers its messages 1, 2, 3 and gives back those after an index', ({ store }) => {
    store.streams.open(stream('a'));
    store.streams.open(stream('b'));
    expect(store.streams.append('a', null, START)).toBe(1);
    expect(store.streams.append('b', message(1), START)).toBe(1);
    expect(store.streams.append('a', message(2), START)).toBe(2);
    expect(store.streams.append('a', message(3), START)).toBe(3);
    expect(store.streams.after('s_1', 'a', 0)).toEqual([
      { index: 2, message: message(2) },
      { index: 3, message: message(3) },
    ]);
    expect(store.streams.after('s_1', 'a', 2)).toEqual([{ index: 3, message: message(3) }]);
    expect(store.streams.after('s_1', 'a', 3)).toEqual([]);
  });

  test('tells what it answers and whether it is done', ({ store }) => {
    store.streams.open(stream('a', { request_ids: [1, 'two'] }));
    store.streams.append('a', null, START);
    expect(store.streams.get('s_1', 'a')).toEqual({
      kind: 'post',
      transport_id: null,
      request_ids: [1, 'two'],
      done: false,
      last_index: 1,
    });
    store.streams.done('a');
    expect(store.streams.get('s_1', 'a')?.done).toBe(true);
  });

  test('of another session is not found', ({ store }) => {
    store.streams.open(stream('a'));
    append(store, 'a', 2);
    expect(store.streams.get('s_2', 'a')).toBeNull();
    expect(store.streams.after('s_2', 'a', 0)).toEqual([]);
  });

  test('that is not kept takes no message', ({ store }) => {
    expect(() => store.streams.append('gone', message(1), START)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test('is replayed after a restart to the byte', ({ folder }) => {
    const store = openStore(folder);
    store.streams.open(stream('a'));
    const texts = fc.sample(fc.string({ unit: 'grapheme' }), 50).map((text) => JSON.stringify({ text }));
    for (const text of texts) store.streams.append('a', text, START);
    store.close();
    expect(
      openStore(folder)
        .streams.after('s_1', 'a', 0)
        .map((stored) => stored.message),
    ).toEqual(texts);
  });

  test('that moves to another session takes along what it holds; others stay', ({ store }) => {
    store.streams.open(stream('get', { kind: 'get' }));
    store.streams.open(stream('post'));
    append(store, 'get', 2);
    append(store, 'post', 1);
    store.streams.move('get', 's_2');
    expect(store.streams.after('s_2', 'get', 0)).toHaveLength(2);
    expect(store.streams.get('s_1', 'get')).toBeNull();
    expect(store.streams.get('s_1', 'post')).not.toBeNull();
    expect(store.streams.append('get', message(3), START)).toBe(3);
  });
});

describe('pruning', () => {
  const all = { before: 0, maxPerSession: 1_000_000, limit: 1_000_000 };
  const indexes = (store: Store, id: string, session = 's_1') =>
    store.streams.after(session, id, 0).map(({ index }) => index);

  test('removes messages stored before a time, and numbers go on', ({ store }) => {
    store.streams.open(stream('a'));
    append(store, 'a', 3, START);
    append(store, 'a', 2, START + 1);
    expect(store.streams.prune({ ...all, before: START + 1 })).toBe(3);
    expect(indexes(store, 'a')).toEqual([4, 5]);
    expect(store.streams.append('a', message(6), START + 2)).toBe(6);
  });

  test('keeps the newest messages of a session that has too many, over all of its streams', ({ store }) => {
    store.streams.open(stream('a'));
    store.streams.open(stream('b', { kind: 'get' }));
    store.streams.open(stream('other', { session_id: 's_2' }));
    append(store, 'other', 6);
    append(store, 'a', 4);
    append(store, 'b', 2);
    append(store, 'a', 2);
    expect(store.streams.prune({ ...all, maxPerSession: 6 })).toBe(2);
    expect([indexes(store, 'a'), indexes(store, 'b')]).toEqual([
      [3, 4, 5, 6],
      [1, 2],
    ]);
    expect(indexes(store, 'other', 's_2')).toHaveLength(6);
    expect(store.streams.prune({ ...all, maxPerSession: 6 })).toBe(0);
  });

  test('takes the oldest first when it may not take all at once', ({ store }) => {
    store.streams.open(stream('a'));
    append(store, 'a', 10);
    expect(store.streams.prune({ ...all, maxPerSession: 2, limit: 3 })).toBe(3);
    expect(indexes(store, 'a')).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(store.streams.prune({ ...all, before: START + 1, limit: 4 })).toBe(4);
    expect(indexes(store, 'a')).toEqual([8, 9, 10]);
  });

  test('removes a stream of which nothing is left when it is done or its session is gone, and no other', ({
    store,
  }) => {
    const living = storedSession();
    store.repository.commit({ events: [], sessions: [living] });
    const { session_id } = living.session;
    store.streams.open(stream('done', { session_id }));
    store.streams.open(stream('quiet', { session_id, kind: 'get' }));
    store.streams.open(stream('orphan', { session_id: 's_gone' }));
    store.streams.open(stream('young', { session_id: 's_gone', created_at: START + 5 }));
    store.streams.open(stream('full', { session_id }));
    append(store, 'full', 1, START + 5);
    store.streams.done('done');
    store.streams.done('full');
    expect(store.streams.prune({ ...all, before: START + 1 })).toBe(2);
    const left = ['done', 'quiet', 'orphan', 'young', 'full'].filter(
      (id) => store.streams.get(session_id, id) ?? store.streams.get('s_gone', id),
    );
    expect(left).toEqual(['quiet', 'young', 'full']);
    expect(store.streams.append('quiet', message(1), START + 9)).toBe(1);
  });
});
