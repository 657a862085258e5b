import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownLists } from '#src/main/endpoint/mcp/aggregate/lists/known-lists';
import { parseExact, stringifyExact } from '#src/main/mcp/exact-json';
import type { Params } from '#src/main/mcp/json-rpc';
import type { StoredLists } from '#src/main/mcp/stored-lists';

/** The same value with its members in another order, by chance. */
function turned(value: unknown, chance: () => number): unknown {
  if (Array.isArray(value)) return value.map((one) => turned(one, chance));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, one]) => [key, turned(one, chance)] as const);
  return Object.fromEntries(members.sort(() => chance() - 0.5));
}

function start(rows: Map<string, StoredLists>, fingerprint = () => 'f') {
  const repository = {
    all: () => [...rows.values()],
    heard: () => {},
    save: (row: StoredLists) => void rows.set(row.server, row),
    remove: (server: string) => void rows.delete(server),
  };
  return new KnownLists({ repository, clock: { now: () => 1 }, source: { fingerprintOf: fingerprint } });
}

const item = fc.record({
  description: fc.string(),
  inputSchema: fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.array(fc.boolean()))),
});
const tools = fc
  .uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 })
  .chain((names) => fc.tuple(...names.map((name) => item.map((one) => ({ name, ...one })))));

test('whatever the order of keys, items and pages, the same list keeps its bytes and tells nobody, over restarts too', () => {
  fc.assert(
    fc.property(tools, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (listed, stream) => {
      const chance = () => stream.next().value ?? 0;
      const rows = new Map<string, StoredLists>();
      let known = start(rows);
      const first = known.put('a', { method: 'tools/list', cursor: undefined, result: { tools: listed } });
      let told = 0;
      for (let time = 0; time < 6; time += 1) {
        if (chance() < 0.5) known = start(rows);
        known.onChange(() => {
          told += 1;
        });
        const shuffled = [...listed].sort(() => chance() - 0.5);
        const page = { method: 'tools/list', cursor: undefined, result: turned({ tools: shuffled }, chance) as Params };
        if (chance() < 0.5) known.replace('a', [page]);
        expect(stringifyExact(known.put('a', page))).toBe(stringifyExact(first));
        expect(stringifyExact(known.get('a', 'tools/list', undefined))).toBe(stringifyExact(first));
      }
      expect(told).toBe(0);
    }),
  );
});

test('whatever differs is told once, numbers that look alike included', () => {
  const page = (text: string) => ({ method: 'tools/list', cursor: undefined, result: parseExact(text) as Params });
  const known = start(new Map());
  const told: string[][] = [];
  known.onChange((_, changed) => told.push([...changed]));
  known.put('a', page('{"tools":[{"name":"t","max":9007199254740993}]}'));
  known.put('a', page('{"tools":[{"max":9007199254740993,"name":"t"}]}'));
  expect(told).toEqual([['tools']]);
  expect(stringifyExact(known.put('a', page('{"tools":[{"max":9007199254740992,"name":"t"}]}')))).toContain('992');
  expect(told.length).toBe(2);
});

test('a list of which another number of pages is read is another list; new cursors alone are not', () => {
  const known = start(new Map());
  const told: string[][] = [];
  known.onChange((_, changed) => told.push([...changed]));
  const put = (cursor: string | undefined, name: string, nextCursor?: string) =>
    known.put('a', { method: 'tools/list', cursor, result: { tools: [{ name }], nextCursor } });
  put(undefined, 'one', 'x');
  put('x', 'two');
  told.length = 0;
  expect(put(undefined, 'one', 'y').nextCursor, 'the client follows what its server says now').toBe('y');
  put('y', 'two');
  expect(told).toEqual([]);
  expect(known.get('a', 'tools/list', undefined)?.nextCursor, 'what is remembered still leads on').toBe('x');
  put(undefined, 'one');
  expect(told).toEqual([['tools']]);
  expect(known.get('a', 'tools/list', 'x'), 'nothing leads there').toBeUndefined();
});

test('a list is known once all of its pages are, and not by a hello', () => {
  const known = start(new Map());
  const hasListed = () => known.hasListed('a', 'tools/list');
  const put = (cursor: string | undefined, result: Params) =>
    known.put('a', { method: 'tools/list', cursor, result: { tools: [{ name: `t${cursor}` }], ...result } });
  expect(hasListed()).toBe(false);
  known.introduce('a', {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'a' },
  } as never);
  expect(known.has('a')).toBe(true);
  expect(hasListed()).toBe(false);
  put(undefined, { nextCursor: '2' });
  expect(hasListed()).toBe(false);
  put('2', {});
  expect(hasListed()).toBe(true);
  expect(known.hasListed('a', 'prompts/list')).toBe(false);
  known.replace('a', [{ method: 'tools/list', cursor: undefined, result: { tools: [] } }]);
  expect(known.hasListed('a', 'prompts/list'), 'everything was read').toBe(true);
});
