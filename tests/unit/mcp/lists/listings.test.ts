import { test as base, describe, expect } from 'vitest';
import type { Params } from '#src/main/mcp/json-rpc';
import { Listings } from '#src/main/mcp/lists/listings';
import { pointedOut } from '#src/main/mcp/lists/pointed-out';
import type { ListRemark } from '#src/main/mcp/lists/sound-list';

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });
const names = (result: Params) => (result.tools as { name: string }[]).map(({ name }) => name);

/** A server's pages by cursor, and a client that lists them all, at most `most` pages. */
const test = base
  .extend('remarks', () => [] as ListRemark[])
  .extend(
    'listings',
    ({ remarks }) =>
      new Listings({
        look: (_, kind, result) => pointedOut('a', kind, result, () => null),
        note: (_, __, told) => void remarks.push(...told),
      }),
  )
  .extend('page', ({ listings }) => (cursor: string | undefined, given: Params, id = 'r'): Params => {
    listings.asked({ id, method: 'tools/list', ...(cursor === undefined ? {} : { params: { cursor } }) });
    return listings.answered({ jsonrpc: '2.0', id, result: given }).result as Params;
  })
  .extend('listAll', ({ page }) => (pageOf: (cursor: string | undefined) => Params, most = 2_000) => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const result = page(cursor, pageOf(cursor));
      pages.push(names(result));
      cursor = result.nextCursor as string | undefined;
    } while (cursor !== undefined && pages.length < most);
    return pages;
  });

describe('a list ends', () => {
  test('where the cursor is empty', ({ listAll, remarks }) => {
    expect(listAll(() => ({ tools: [tool('x')], nextCursor: '' }))).toEqual([['x']]);
    expect(remarks).toMatchObject([{ kind: 'list', name: 'tools', problem: expect.stringContaining('empty') }]);
  });

  test('where the cursor is the same again', ({ listAll, remarks }) => {
    expect(listAll((at) => ({ tools: [tool(String(at))], nextCursor: 'p' }))).toEqual([['undefined'], ['p']]);
    expect(remarks).toMatchObject([{ kind: 'list', problem: 'Its pages lead in a circle.' }]);
  });

  test('where its pages lead in a circle', ({ listAll, remarks }) => {
    const next: Record<string, string> = { first: 'a', a: 'b', b: 'c', c: 'a' };
    const pages = listAll((at = 'first') => ({ tools: [tool(at)], nextCursor: next[at] }));
    expect(pages).toEqual([['first'], ['a'], ['b'], ['c']]);
    expect(remarks).toMatchObject([{ problem: 'Its pages lead in a circle.' }]);
  });

  test('where cursors are new without end, but pages are not', ({ listAll, remarks }) => {
    let last = 0;
    const pages = listAll(() => {
      last += 1;
      return { tools: [tool('x')], nextCursor: String(last) };
    });
    expect(pages).toEqual([['x'], []]);
    expect(remarks.at(-2)).toMatchObject({ problem: 'Its pages repeat what was on earlier ones.' });
  });

  test('after 64 pages if nothing else ends it', ({ listAll, remarks }) => {
    let last = 0;
    const pages = listAll(() => {
      last += 1;
      return { tools: [tool(String(last))], nextCursor: String(last) };
    });
    expect(pages.length).toBe(64);
    expect(remarks).toMatchObject([{ problem: 'More than 64 pages.', done: 'The list ends there.' }]);
  });
});

test('a page may be read again, and a list from its beginning', ({ page, remarks }) => {
  for (let times = 0; times < 2; times += 1) {
    expect(page(undefined, { tools: [tool('x')], nextCursor: 'a' }).nextCursor).toBe('a');
    for (let again = 0; again < 2; again += 1) {
      expect(page('a', { tools: [tool('y')], nextCursor: 'b' })).toMatchObject({ tools: [tool('y')], nextCursor: 'b' });
    }
    expect(page('b', { tools: [tool('z')] })).toEqual({ tools: [tool('z')] });
  }
  expect(remarks).toEqual([]);
});

test('an item that comes again on a later page is left out', ({ page, remarks }) => {
  page(undefined, { tools: [tool('x')], nextCursor: 'a' });
  expect(names(page('a', { tools: [tool('x'), tool('y')] }))).toEqual(['y']);
  expect(remarks).toMatchObject([{ kind: 'tool', name: 'x', done: 'Left out.' }]);
});

test('only answers to list requests are looked at, and sound ones stay the same', ({ listings }) => {
  listings.asked({ id: 1, method: 'tools/call', params: {} });
  listings.asked({ id: 2, method: 'tools/list' });
  const call = { jsonrpc: '2.0' as const, id: 1, result: { tools: null } };
  const list = { jsonrpc: '2.0' as const, id: 2, result: { tools: [tool('x')], nextCursor: 'a' } };
  expect(listings.answered(call)).toBe(call);
  expect(listings.answered(list)).toBe(list);
  const again = { ...list, result: { tools: null } };
  expect(listings.answered(again), 'answered already').toBe(again);
});

test('names that are too long for some clients are pointed out, and stay', ({ page, remarks }) => {
  const [fits, long] = ['x'.repeat(46), 'y'.repeat(47)];
  expect(names(page(undefined, { tools: [tool(fits), tool(long)] }))).toEqual([fits, long]);
  expect(remarks).toEqual([
    {
      kind: 'tool',
      name: long,
      problem:
        'At /mcp its name has 50 characters, 65 with the prefix of Claude Code. ' +
        'Some clients refuse names of more than 64 characters, Cursor those of more than 60.',
      done: 'Listed as it is.',
    },
  ]);
});

test('unions at the root of an input schema are pointed out, and stay', ({ page, remarks }) => {
  const union = { name: 'x', inputSchema: { type: 'object', anyOf: [{}] } };
  expect(page(undefined, { tools: [union] }).tools).toEqual([union]);
  expect(remarks).toEqual([
    {
      kind: 'tool',
      name: 'x',
      problem: 'Its input schema has anyOf at its root, which some models refuse.',
      done: 'Listed as it is.',
    },
  ]);
});
