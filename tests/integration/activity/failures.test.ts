import { describe, expect } from 'vitest';
import type { NewActivity } from '#src/main/activity/activity-ports';
import { FailingCallsWatch } from '#src/main/activity/failing-calls';
import { HOUR } from '#src/shared/model/units';
import { ACTIVITY_ROW } from '#tests/support/activity-row';
import { Api } from '#tests/support/clients/api';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';

/** Failures by kind, as the API counts them. */

const FAILED: NewActivity = { ...ACTIVITY_ROW, outcome: 'error', error: 'Timed out', error_code: -32_001 };

const test = sharedMcpTest
  .extend('table', { scope: 'file' }, ({ host, owner }) => {
    const { activity } = host.services.store;
    activity.add([
      ...Array.from({ length: 31 }, (_, n) => ({ ...FAILED, at: 2_000 + n, error: `Timed out after ${n} ms` })),
      ...['/a/b.txt', '/c/d/e.md'].map((path) => ({
        ...FAILED,
        client_id: owner.client.client_id,
        server: 'files',
        name: 'read',
        outcome: 'tool_error' as const,
        error: `No such file: ${path}`,
        error_code: null,
      })),
      { ...FAILED, session_id: 's_2', outcome: 'lost', error: null, error_code: null },
      ...Array.from({ length: 50 }, () => ({ ...FAILED, outcome: 'ok' as const, error: null, error_code: null })),
      { ...FAILED, outcome: 'cancelled', error: null },
    ]);
  })
  .extend('ask', ({ host, table }) => async (query: string, key = 'hfa_test') => {
    expect(table).toBeUndefined();
    const { status, body } = await new Api({ url: new URL(host.url).origin }, key).get(`/api/mcp/activity${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  });

describe('GET /api/mcp/activity/failures', () => {
  test('counts failures by kind, the most frequent first, and lists the rows of one', async ({ ask }) => {
    const { groups, ...rest } = await ask('/failures');
    expect(rest).toEqual({ failed: 34, kinds: 3, is_partial: false });
    expect(groups).toMatchObject([
      {
        count: 31,
        server: 'tickets',
        name: 'search',
        error: 'Timed out after 30 ms',
        pattern: 'Timed out after # ms',
        last_at: 2_030,
      },
      { count: 2, server: 'files', name: 'read', outcome: 'tool_error', pattern: 'No such file: <path>' },
      { count: 1, outcome: 'lost', error: null, pattern: null },
    ]);
    for (const { group_id, count, last_id } of groups) {
      const { activity } = await ask(`?group=${group_id}`);
      expect(activity).toHaveLength(count);
      expect(activity[0].activity_id).toBe(last_id);
    }
    expect((await ask('?group=000000000000')).activity).toEqual([]);
  });

  test.for([
    ['?server=files', 2, 1],
    ['?session_id=s_2', 1, 1],
    ['?from=2000&to=2010', 10, 1],
    ['?text=timed%20out%20after', 31, 1],
    ['?server=nobody', 0, 0],
  ] as const)('%s', async ([query, failed, kinds], { ask }) => {
    expect(await ask(`/failures${query}`)).toMatchObject({ failed, kinds });
  });

  test('counts all, however few groups are asked for', async ({ ask }) => {
    const { groups, ...rest } = await ask('/failures?limit=1');
    expect(groups).toHaveLength(1);
    expect(rest).toMatchObject({ failed: 34, kinds: 3 });
  });

  test('shows a client what it did itself', async ({ ask, owner }) => {
    expect(await ask('/failures', owner.key)).toMatchObject({ failed: 2, kinds: 1 });
    expect(await ask('/failures?client_id=c_other', owner.key)).toMatchObject({ failed: 0, groups: [] });
  });
});

describe('GET /api/mcp/activity/failing', () => {
  test('names calls of which many fail now, with the rows one request away, and is for the admin alone', async ({
    ask,
    host,
    owner,
  }) => {
    const now = host.services.clock.now();
    const row = { ...FAILED, server: 'calendar', name: 'free_busy', at: now - 1_000 };
    const old = { ...row, server: 'mail', at: now - 2 * HOUR };
    const rare = { ...row, server: 'shell', name: 'run' };
    host.services.store.activity.add([
      ...Array.from({ length: 7 }, (_, n) => ({ ...row, error: `Timed out after ${n} ms` })),
      ...Array.from({ length: 9 }, () => ({ ...row, outcome: 'ok' as const, error: null, error_code: null })),
      ...Array.from({ length: 40 }, () => old),
      ...Array.from({ length: 12 }, () => rare),
      ...Array.from({ length: 40 }, () => ({ ...rare, outcome: 'ok' as const, error: null, error_code: null })),
    ]);
    const { failing } = await ask('/failing');
    expect(failing).toMatchObject({
      count: 7,
      of: 16,
      server: 'calendar',
      name: 'free_busy',
      pattern: 'Timed out after # ms',
    });
    const { activity } = await ask(`?group=${failing.group_id}&from=${failing.from}`);
    expect(activity).toHaveLength(7);
    const api = new Api({ url: new URL(host.url).origin }, owner.key);
    expect(await api.get('/api/mcp/activity/failing')).toMatchObject({ status: 403 });
  });

  test('is not hidden by a server that is known to be down', async ({ host }) => {
    const { clock, store } = host.services;
    const row = { ...FAILED, at: clock.now() - 1_000 };
    const kind = (server: string, name: string, count: number) =>
      Array.from({ length: count }, () => ({ ...row, server, name }));
    store.activity.add([
      ...['a', 'b', 'c', 'd'].flatMap((name) => kind('down', name, 60)),
      ...kind('notes', 'search', 50),
    ]);
    const current = (state: 'circuit_open' | 'running') =>
      new FailingCallsWatch({
        reader: store.activity,
        clock,
        stateOf: (name) => (name === 'down' ? state : undefined),
      }).current();
    expect(await current('running')).toMatchObject({ server: 'down', count: 60 });
    expect(await current('circuit_open')).toMatchObject({ server: 'notes', name: 'search', count: 50 });
  });
});
