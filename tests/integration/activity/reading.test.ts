import { describe, expect } from 'vitest';
import { ACTIVITY_ROW } from '#tests/support/activity-row';
import { Api, type ApiAnswer } from '#tests/support/clients/api';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';

/** What the API answers about recorded calls, to whom, and in which order. */

const test = sharedMcpTest
  .extend('table', { scope: 'file' }, ({ host, owner }) => {
    const own = owner.client.client_id;
    host.services.store.activity.add([
      ACTIVITY_ROW,
      { ...ACTIVITY_ROW, at: 2_000, name: 'Read_File', server: 'files', outcome: 'tool_error', error: 'No such file' },
      {
        ...ACTIVITY_ROW,
        at: 3_000,
        client_id: own,
        session_id: 's_2',
        duration_ms: 900,
        outcome: 'lost',
        error: 'It ended.',
      },
      {
        ...ACTIVITY_ROW,
        at: 4_000,
        kind: 'notification',
        method: 'notifications/message',
        duration_ms: null,
        outcome: 'sent',
      },
    ]);
    return own;
  })
  .extend('ask', ({ host, table }) => async (query: string, key = 'hfa_test'): Promise<ApiAnswer> => {
    expect(table).toMatch(/^c_/);
    return new Api({ url: new URL(host.url).origin }, key).get(`/api/mcp/activity${query}`);
  })
  .extend('ats', ({ ask }) => async (query: string, key?: string): Promise<number[]> => {
    const { status, body } = await ask(query, key);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.activity.map(({ at }: { at: number }) => at);
  });

describe('GET /api/mcp/activity', () => {
  test('lists rows whole, the newest first', async ({ ask }) => {
    const { body } = await ask('');
    expect(body.has_more).toBe(false);
    expect(body.activity.map(({ at }: { at: number }) => at)).toEqual([4_000, 3_000, 2_000, 1_000]);
    expect(body.activity.at(-1)).toEqual({ activity_id: 1, ...ACTIVITY_ROW });
  });

  test.for([
    ['?failed=true', [3_000, 2_000]],
    ['?server=files', [2_000]],
    ['?session_id=s_2', [3_000]],
    ['?text=READ_', [2_000]],
    ['?text=no%20such', [2_000]],
    ['?text=%25', []],
    ['?from=2000&to=4000', [3_000, 2_000]],
    ['?longer_than_ms=100', [3_000]],
    ['?failed=true&server=tickets', [3_000]],
    ['?q=server:FILES', [2_000]],
    ['?q=tool:read_,nothing', [2_000]],
    ['?q=is:failed%20-outcome:lost', [2_000]],
    ['?q=slower:0.5s', [3_000]],
    ['?q=faster:100ms', [2_000, 1_000]],
    ['?q=%22no%20such%20file%22', [2_000]],
    ['?q=method:notifications', [4_000]],
    ['?q=-tool:search', [2_000]],
    ['?q=client:nobody', []],
    ['?q=direction:to_client', []],
    ['?q=is:failed&server=tickets', [3_000]],
  ] as const)('%s', async ([query, expected], { ats }) => {
    expect(await ats(query)).toEqual(expected);
  });

  test('says what a filter could not be understood for', async ({ ask }) => {
    expect((await ask('?q=outcome:fine')).body.detail).toContain('Use outcome:ok, outcome:tool_error');
    expect((await ask('/failures?q=slower:soon')).body.detail).toContain('slower:500ms');
  });

  test('finds calls by the client that made them', async ({ ats, owner, table }) => {
    expect(table).toBe(owner.client.client_id);
    expect(await ats(`?q=client:"${encodeURIComponent(owner.client.name)}"`)).toEqual([3_000]);
  });

  test('gives pages in both directions', async ({ ask, ats }) => {
    const { body } = await ask('?limit=2');
    expect(body.has_more).toBe(true);
    expect(await ats(`?limit=2&before=${body.activity.at(-1).activity_id}`)).toEqual([2_000, 1_000]);
    expect(await ats(`?limit=1&after=${body.activity.at(-1).activity_id - 1}`)).toEqual([3_000]);
  });

  test('shows a client what it did itself', async ({ ats, owner, table }) => {
    expect(await ats('', owner.key)).toEqual([3_000]);
    expect(await ats(`?client_id=${table}`, owner.key)).toEqual([3_000]);
    expect(await ats('?client_id=c_other', owner.key)).toEqual([]);
  });

  test.for([
    '?limit=0',
    '?limit=1001',
    '?failed=maybe',
    '?before=x',
    '?colour=red',
    '?q=colour:red',
    '?q=constructor:x',
    '?q=server:',
  ])('%s is refused with a sentence', async (query, { ask }) => {
    const { status, body } = await ask(query);
    expect(status).toBe(400);
    expect(body.detail).toMatch(/\w+ \w+/);
  });
});
