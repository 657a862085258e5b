import { describe, expect } from 'vitest';
import type { Server } from '#src/shared/contract/server';
import { SECOND } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { COUNTER } from '#tests/support/paths';
import { type Window, windowTest } from './support';

const test = windowTest
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('issues', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  });

const serverOf = async (window: Window, name = 'issues'): Promise<Server | undefined> =>
  (await window.call('servers.list', {})).servers.find((server) => server.name === name);

/** Adds the server and logs in to it as its browser would. */
async function logIn(window: Window, url: string): Promise<void> {
  await window.call('servers.save', { server: { name: 'issues', url } });
  const begun = await window.call('servers.log_in', { name: 'issues' });
  expect((await followLogin(begun.url)).status).toBe(200);
  expect((await serverOf(window))?.login.state).toBe('logged_in');
}

describe('a server that is logged in to', () => {
  test('is logged out of when it is removed with its login', async ({ window, authorization, issues }) => {
    await logIn(window, issues.url);
    const { undo_id } = await window.call('servers.remove', { name: 'issues', log_out: true });
    expect(await serverOf(window)).toBeUndefined();
    expect(authorization.arrivals.filter(({ endpoint }) => endpoint === 'revocation').length).toBeGreaterThan(0);
    const back = await window.call('servers.undo_remove', { undo_id });
    expect(back).toMatchObject({ state: 'needs_login', login: { state: 'needed', scopes: [] } });
  });

  test('keeps its login when it is removed without a word, and comes back with it', async ({
    window,
    authorization,
    issues,
  }) => {
    await logIn(window, issues.url);
    const { undo_id } = await window.call('servers.remove', { name: 'issues' });
    expect(authorization.arrivals.filter(({ endpoint }) => endpoint === 'revocation')).toEqual([]);
    expect((await window.call('servers.undo_remove', { undo_id })).login.state).toBe('logged_in');
  });

  test.for(['hang', 'drop', 'unavailable'] as const)(
    'is removed within seconds though the authorization server does not revoke: %s',
    async (fault, { window, authorization, issues }) => {
      await logIn(window, issues.url);
      authorization.fault('revocation', fault);
      const before = performance.now();
      await window.call('servers.remove', { name: 'issues', log_out: true });
      expect(performance.now() - before).toBeLessThan(8 * SECOND);
      expect(await serverOf(window)).toBeUndefined();
    },
  );

  test('is logged out of over REST if the query says so', async ({ host, window, authorization, issues }) => {
    const api = new Api(host, host.adminKey);
    const one = '/api/mcp/servers/issues';
    await logIn(window, issues.url);
    expect((await api.delete(`${one}?log_out=perhaps`)).status).toBe(400);
    expect((await api.delete(`${one}?log_out=true`)).status).toBe(200);
    expect(await serverOf(window)).toBeUndefined();
    expect(authorization.arrivals.some(({ endpoint }) => endpoint === 'revocation')).toBe(true);
  });
});

test('a server without a login is removed all the same, and one that is not there is said to be', async ({
  window,
}) => {
  await window.call('servers.save', { server: { name: 'counter', command: process.execPath, args: [COUNTER] } });
  await window.call('servers.remove', { name: 'counter', log_out: true });
  expect(await serverOf(window, 'counter')).toBeUndefined();
  expect((await window.refusal('servers.remove', { name: 'counter', log_out: true })).code).toBe('server_not_found');
});
