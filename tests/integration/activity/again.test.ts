import { describe, expect } from 'vitest';
import type { AgainState } from '#src/shared/contract/activity-contents';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { COUNTER } from '#tests/support/paths';
import { type Window, windowTest } from '../servers-api/support';

/** Calls of tools that are made again by hand, through a whole Holdfast with a real server. */

const test = windowTest.extend('hostOptions', { trustServers: true }).extend('client', async ({ host, window }) => {
  const server = { name: 'counter', command: process.execPath, args: [COUNTER] };
  await window.call('servers.save', { server });
  const client = new McpHttp({ url: `${host.url}/mcp` }, host.newClient().key);
  await client.initialize();
  await window.call('activity.set_recording', { minutes: 15 });
  return client;
});

const newest = async (window: Window) => {
  const [row] = (await window.call('activity.list', { limit: 1 })).activity;
  if (!row) throw new Error('nothing was called');
  return row;
};

/** Waits until the call is over. */
async function over(window: Window, call_id: string): Promise<AgainState> {
  return expect
    .poll(() => window.call('activity.again', { call_id }), { timeout: 10_000 })
    .toMatchObject({
      is_running: false,
    })
    .then(() => window.call('activity.again', { call_id }));
}

const contentOf = (state: AgainState): Json => JSON.parse(JSON.parse(state.result?.json ?? 'null').content[0].text);

describe('a call that is made again', () => {
  test('goes to the same process with the same arguments, and is a row of nobody', async ({ window, client }) => {
    const first = JSON.parse((await client.call('counter__count', { size: 3, big: 1 })).content[0].text);
    const { activity_id, session_id } = await newest(window);
    expect(await window.call('activity.again_preview', { activity_id })).toEqual({ refusal: null, read_only: false });
    const { call_id } = await window.call('activity.call_again', { activity_id, confirmed: true });
    const state = await over(window, call_id);
    expect(state).toMatchObject({ outcome: 'ok', error: null });
    expect(contentOf(state)).toEqual({ ...first, n: first.n + 1 });
    const row = await newest(window);
    expect(row).toMatchObject({
      name: 'counter__count',
      session_id,
      client_id: null,
      server: 'counter',
      outcome: 'ok',
    });
    const params = async (id: number) =>
      (await window.call('activity.get', { activity_id: id })).contents?.params?.json;
    expect(await params(row.activity_id)).toBe(await params(activity_id));
    // The client's next call finds everything as it would have.
    expect(JSON.parse((await client.call('counter__count')).content[0].text).n).toBe(first.n + 2);
  });

  test('sends the name and the arguments alone, which is what was shown', async ({ window, client }) => {
    const given = { name: 'counter__count', arguments: { size: 3 } };
    await (await client.request('tools/call', { ...given, more: { of: 'the first' } })).stream?.rest();
    const { activity_id } = await newest(window);
    await over(window, (await window.call('activity.call_again', { activity_id, confirmed: true })).call_id);
    const { contents } = await window.call('activity.get', { activity_id: (await newest(window)).activity_id });
    expect(JSON.parse(contents?.params?.json ?? '')).toEqual(given);
  });

  test('is confirmed unless its tool is marked as one that changes nothing', async ({ window, client }) => {
    await (await client.request('tools/list')).stream?.rest();
    await client.call('counter__count');
    const { activity_id } = await newest(window);
    const refused = await window.refusal('activity.call_again', { activity_id, confirmed: false });
    expect(refused.message).toContain('Confirm the call');
    await client.call('counter__peek');
    const peeked = (await newest(window)).activity_id;
    expect(await window.call('activity.again_preview', { activity_id: peeked })).toEqual({
      refusal: null,
      read_only: true,
    });
    const { call_id } = await window.call('activity.call_again', { activity_id: peeked, confirmed: false });
    expect(contentOf(await over(window, call_id)).n).toBe(1);
  });

  test('can be given up', async ({ window, client }) => {
    await client.call('counter__count', { ms: 1 });
    const { stream } = await client.post({
      jsonrpc: '2.0',
      id: 'h',
      method: 'tools/call',
      params: { name: 'counter__hang', arguments: {} },
    });
    await client.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'h' } });
    await stream?.rest();
    const { activity } = await window.call('activity.list', {});
    const { activity_id = 0 } = activity.find(({ name }) => name === 'counter__hang') ?? {};
    const { call_id } = await window.call('activity.call_again', { activity_id, confirmed: true });
    expect((await window.call('activity.again', { call_id })).is_running).toBe(true);
    await window.call('activity.cancel_again', { call_id });
    expect(await over(window, call_id)).toMatchObject({ outcome: 'cancelled' });
    expect(await newest(window)).toMatchObject({ name: 'counter__hang', client_id: null, outcome: 'cancelled' });
  });

  test('has nobody who answers questions', async ({ host, window }) => {
    const client = new McpHttp({ url: `${host.url}/mcp` }, host.newClient().key);
    await window.call('servers.save', { server: { name: 'counter', command: process.execPath, args: [COUNTER] } });
    await window.call('activity.set_recording', { minutes: 15 });
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {} },
      clientInfo: { name: 'c', version: '1' },
    };
    const { headers } = await client.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    client.transportId = headers.get('mcp-session-id');
    await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const { stream } = await client.request('tools/call', { name: 'counter__ask', arguments: {} });
    for (let event = await stream?.message(); event; event = await stream?.message()) {
      const message: Json = event.message;
      if (!message.method || message.id === undefined) continue;
      await client.post({ jsonrpc: '2.0', id: message.id, result: { action: 'decline' } });
      await stream?.rest();
      break;
    }
    const { activity } = await window.call('activity.list', {});
    const { activity_id = 0 } = activity.find(({ name }) => name === 'counter__ask') ?? {};
    const { call_id } = await window.call('activity.call_again', { activity_id, confirmed: true });
    expect((await over(window, call_id)).is_running).toBe(false);
  });

  test('is refused once its session went on in another client', async ({ host, window, client }) => {
    await client.call('counter__count');
    const { activity_id, session_id } = await newest(window);
    const heir = host.newClient();
    const { client_id } = heir.client;
    await window.call('clients.set_may_take_over', { client_id, may_take_over: true });
    await window.call('sessions.offer', { session_id: session_id ?? '', client_id, invited: false });
    const taker = new McpHttp({ url: `${host.url}/mcp` }, heir.key);
    await taker.initialize();
    await taker.call('counter__peek');
    expect((await window.call('activity.again_preview', { activity_id })).refusal).toBe('went_on');
    const refused = await window.refusal('activity.call_again', { activity_id, confirmed: true });
    expect(refused.code).toBe('invalid_input');
    const own = (await newest(window)).activity_id;
    expect((await window.call('activity.again_preview', { activity_id: own })).refusal).toBeNull();
  });

  test('says why it cannot be', async ({ window, client }) => {
    const refusalOf = async () => {
      const { activity_id } = await newest(window);
      return (await window.call('activity.again_preview', { activity_id })).refusal;
    };
    await client.call('counter__count', { password: 'x' });
    expect(await refusalOf()).toBe('masked');
    const { activity_id } = await newest(window);
    expect((await window.refusal('activity.call_again', { activity_id, confirmed: true })).code).toBe('invalid_input');
    await client.call('counter__count', { note: 'x'.repeat(70_000) });
    expect(await refusalOf()).toBe('cut');
    await client.call('health_check');
    expect(await refusalOf()).toBe('own_tool');
    await (await client.request('tools/list')).stream?.rest();
    expect(await refusalOf()).toBe('no_tool');
    await client.call('counter__count', { ms: 1 });
    expect(await refusalOf()).toBeNull();
    const { session_id } = await newest(window);
    const ended = (await newest(window)).activity_id;
    await window.call('sessions.close', { session_id: session_id ?? '' });
    expect((await window.call('activity.again_preview', { activity_id: ended })).refusal).toBe('session_ended');
    expect((await window.refusal('activity.again_preview', { activity_id: 9_999 })).code).toBe('activity_not_found');
    expect((await window.refusal('activity.again', { call_id: 'x' })).code).toBe('activity_not_found');
  });
});
