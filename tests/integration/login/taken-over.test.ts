import type { Client as SdkClient } from '@modelcontextprotocol/client';
import { describe, expect } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import { statelessClient } from '#tests/support/clients/real-clients';
import { callTool, connectClient, logIn, loginTest, NAME, nextEvent } from './support';

/* A session goes to another client while its server waits for a login: what waits for it is not made for the one that left. */

const WHERE = /This session went on in Cursor/;
/** On a busy machine. */
const SOON = { timeout: 15_000 };
const PATH = { path: `/${NAME}` };

const test = loginTest
  /** A client that may have sessions of others. */
  .extend('heir', ({ host }) => (policy: 'sessionful' | 'stateless') => {
    const { client_id, client_key: key } = host.services.clients.create({ name: 'Cursor', type: 'other', policy });
    return { key, client: host.services.clients.setMayTakeOver(client_id, true) };
  })
  /** A client of a session whose server is logged in. */
  .extend('old', async ({ host, connect }): Promise<SdkClient> => {
    const needed = nextEvent(host, 'login_needed');
    const connecting = connect(PATH);
    await needed;
    await logIn(host);
    const client = await connecting;
    expect(await callTool(client, 'count')).toBe(1);
    return client;
  })
  .extend('session', ({ host, owner, old: _ }): Session => {
    const [kept] = host.services.store.sessions.ofClient(owner.client.client_id);
    if (!kept) throw new Error('the client has a session');
    return kept.session;
  });

describe.each(['sessionful', 'stateless'] as const)('to a client whose policy is %s', (policy) => {
  test('the call that waits is given up, and the other client’s waits on and is made once', {
    timeout: 60_000,
  }, async ({ host, old, session, heir, authorization, onTestFinished }) => {
    const { manager, servers } = host.services;
    const state = () => servers.stateOf(NAME);
    await authorization.takeBackGrants();
    const needed = nextEvent(host, 'login_needed');
    const held = callTool(old, 'count');
    held.catch(() => {});
    await needed;
    await expect.poll(state, SOON).toMatchObject({ state: 'needs_login', login: { held_calls: 1 } });
    const other = heir(policy);
    await manager.offerSession(session.session_id, other.client, false, 'window');
    const taker =
      policy === 'stateless'
        ? await statelessClient(`${host.url}${PATH.path}`, other.key)
        : await connectClient(host, other, PATH);
    onTestFinished(() => ('vanish' in taker ? taker.vanish() : taker.close()));
    const first = 'vanish' in taker ? taker.text('count') : callTool(taker, 'count').then(String);
    first.catch(() => {});
    await expect(held).rejects.toThrow(WHERE);
    await expect.poll(state, SOON).toMatchObject({ state: 'needs_login', login: { held_calls: 1 } });
    await logIn(host);
    expect(await first, 'it was made once, in the session that there was').toBe('2');
    expect(manager.get(session.session_id, { kind: 'admin' })).toMatchObject({
      client_id: other.client.client_id,
      last_reconnect_cause: 'taken_over',
    });
    expect(state()).toMatchObject({ state: 'running', login: { held_calls: 0 } });
    await expect(callTool(old, 'count')).rejects.toThrow(WHERE);
    const next = 'vanish' in taker ? await taker.text('count') : String(await callTool(taker, 'count'));
    expect(next).toBe('3');
  });
});

test('the call that waits for a login that allows more is given up, too', { timeout: 60_000 }, async ({
  host,
  old,
  session,
  heir,
  protected: server,
  onTestFinished,
}) => {
  const heldCalls = () => host.services.servers.stateOf(NAME)?.login?.held_calls;
  const needed = nextEvent(host, 'login_needed');
  const held = callTool(old, 'admin');
  held.catch(() => {});
  await needed;
  await expect.poll(heldCalls, SOON).toBe(1);
  const other = heir('sessionful');
  await host.services.manager.offerSession(session.session_id, other.client, false, 'window');
  const taker = await connectClient(host, other, PATH);
  onTestFinished(() => taker.close());
  await expect(held).rejects.toThrow(WHERE);
  await expect.poll(heldCalls, SOON).toBe(0);
  await logIn(host);
  expect(await callTool(taker, 'count')).toBe(2);
  const calls = server.seen.filter(({ method }) => method === 'tools/call').map(({ status }) => status);
  expect(calls).toEqual([200, 403, 200]);
});

test('over a kill right afterwards: after the login nobody’s call is made', { timeout: 60_000 }, async ({
  host,
  old,
  session,
  heir,
  authorization,
  configs,
  startHost,
}) => {
  await authorization.takeBackGrants();
  const needed = nextEvent(host, 'login_needed');
  const held = callTool(old, 'count');
  held.catch(() => {});
  await needed;
  await expect.poll(() => host.services.servers.stateOf(NAME), SOON).toMatchObject({ login: { held_calls: 1 } });
  const other = heir('sessionful');
  await host.services.manager.offerSession(session.session_id, other.client, false, 'window');
  // Its stream is enough.
  const taker = await connectClient(host, other, PATH);
  await expect(held).rejects.toThrow(WHERE);
  await host.kill();
  // Otherwise it would come back by itself, and the other connection of its program would be another chat.
  await taker.close();
  const next = await startHost({ folder: host.folder, servers: configs });
  await logIn(next);
  const again = await connectClient(next, other, PATH);
  expect(await callTool(again, 'count')).toBe(2);
  await again.close();
});
