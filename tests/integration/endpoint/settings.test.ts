import { createServer } from 'node:net';
import { describe, expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { SETTING_NAMES } from '#src/shared/model/setting-definitions';
import { HOUR, MINUTE } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { hostTest } from '#tests/support/hosts/test-host';

const ROUTE = '/api/mcp/settings';

const test = hostTest.extend(
  'change',
  ({ admin }) =>
    (changes: object) =>
      admin.send('PATCH', ROUTE, changes),
);

const named = (body: { settings: { name: string }[] }, name: string) => body.settings.find((one) => one.name === name);

describe('GET /api/mcp/settings', () => {
  test('lists all of them, for the admin key alone', async ({ admin, api, nobody }) => {
    const { status, body } = await admin.get(ROUTE);
    expect(status).toBe(200);
    expect(body.settings.map(({ name }: { name: string }) => name)).toEqual(SETTING_NAMES);
    expect(body.can_restart).toBe(false);
    expect(named(body, 'log_level')).toMatchObject({ value: 'debug', origin: 'environment', editable: false });
    expect((await api.get(ROUTE)).status).toBe(403);
    expect((await nobody.get(ROUTE)).status).toBe(401);
    expect((await api.send('PATCH', ROUTE, { retention_hours: 2 })).status).toBe(403);
  });
});

describe('PATCH /api/mcp/settings', () => {
  test('holds at once: a session expires by the new retention', async ({ startHost, clock }) => {
    const host = await startHost({ clock });
    const admin = new Api(host, host.adminKey);
    const { session } = host.newSession(host.newClient());
    await admin.post(`/api/mcp/sessions/${session.session_id}/reconnect`, { token: 'x' });
    host.services.manager.disconnect(session.session_id, { kind: 'admin' });
    const status = async () => (await admin.get(`/api/mcp/sessions/${session.session_id}`)).body.status;
    await admin.send('PATCH', ROUTE, { retention_hours: 2 });
    // What the window says of it.
    expect(host.services.info().retention_hours).toBe(2);
    await clock.advance(HOUR);
    expect(await status()).toBe('disconnected');
    await clock.advance(HOUR + MINUTE);
    expect(await status()).toBe('expired');
  });

  test('gives new tokens the new life', async ({ change, host, admin }) => {
    const { body } = await change({ token_life_minutes: 42 });
    expect(named(body, 'token_life_minutes')).toMatchObject({ value: 42, origin: 'saved', pending: false });
    const { session } = host.newSession(host.newClient());
    const token = await admin.get(`/api/mcp/sessions/${session.session_id}/token`);
    expect(token.body.expires_in_minutes).toBe(42);
    expect(host.services.info().token_life_minutes).toBe(42);
  });

  test('survives a restart, and a saved port is used by it', async ({ startHost }) => {
    const free = await freePort();
    const first = await startHost({ port: null });
    const changed = await new Api(first, first.adminKey).send('PATCH', ROUTE, { retention_hours: 48, port: free });
    expect(named(changed.body, 'port')).toMatchObject({ value: free, running: 8181, pending: true });
    await first.stop();
    const second = await startHost({ folder: first.folder, port: null });
    expect(second.port).toBe(free);
    const { body } = await new Api(second, second.adminKey).get(ROUTE);
    expect(named(body, 'retention_hours')).toMatchObject({ value: 48, origin: 'saved' });
    expect(named(body, 'port')).toMatchObject({ value: free, running: free, pending: false });
  });

  test.for([
    [{ retention_hour: 5 }, 'There is no setting "retention_hour". Did you mean "retention_hours"?'],
    [{ retention_hours: 0 }, 'Keep a session without a client: enter a whole number from 1 to 720 (hours).'],
    [
      { retention_hours: 5, reattach_seconds: 'soon' },
      'Re-attach window: enter a whole number from 5 to 3600 (seconds).',
    ],
    [{ log_level: 'warn' }, 'Log level is set by HOLDFAST_LOG_LEVEL. Change it there, and start again.'],
    [{ retention_hours: 1, token_life_minutes: 90 }, 'A reconnect token must not outlive its session'],
    [{ retention_hours: [5] }, 'See /api/docs.'],
    ['five', 'See /api/docs.'],
  ] as const)('refuses %j and changes nothing', async ([changes, sentence], { change, admin }) => {
    const before = (await admin.get(ROUTE)).body;
    const { status, body } = await change(changes as object);
    expect(status).toBe(400);
    expect(body.detail).toContain(sentence);
    expect((await admin.get(ROUTE)).body).toEqual(before);
  });
});

test('a saved value that cannot be used is said in the overview, and the log goes on as it was', async ({
  startHost,
}) => {
  const first = await startHost();
  first.services.store.settings.set('retention_hours', 'forever');
  const { epoch } = first.services.info();
  await first.stop();
  const second = await startHost({ folder: first.folder });
  expect(second.services.info().notices).toEqual([expect.stringContaining('A saved setting cannot be used')]);
  expect(second.services.info().epoch).toBe(epoch);
});

test('the window can look whether a port is free, and is told why a Holdfast without a window cannot restart', async ({
  admin,
  host,
}) => {
  const check = await admin.post(`${WEB.rpc}/settings.check_port`, { port: host.port });
  expect(check.body).toEqual({ ok: true, value: { free: true, sentence: expect.stringContaining('has now') } });
  expect((await admin.post(`${WEB.rpc}/settings.check_port`, { port: 70_000 })).body).toMatchObject({ ok: false });
  const restart = await admin.post(`${WEB.rpc}/app.restart`, {});
  expect(restart.body).toMatchObject({ ok: false, error: { message: expect.stringContaining('Quit it. Start it') } });
});

test('what is kept is measured, counted and deleted for the window alone', async ({ admin, api, host, holder }) => {
  const ended = host.newSession(holder).session.session_id;
  const living = host.newSession(holder).session.session_id;
  await api.delete(`/api/mcp/sessions/${ended}`);
  const ask = async (method: string, input: object = {}) => (await admin.post(`${WEB.rpc}/${method}`, input)).body;
  const kept = await ask('privacy.kept');
  expect(kept.value.total_bytes).toBeGreaterThan(0);
  const deletion = { what: 'ended_sessions' };
  const preview = await ask('privacy.preview', deletion);
  expect(preview).toMatchObject({ ok: true, value: { sessions: 1, history: 0 } });
  expect(await ask('privacy.delete', deletion)).toEqual(preview);
  expect((await admin.get(`/api/mcp/sessions/${ended}`)).status).toBe(404);
  expect((await admin.get(`/api/mcp/sessions/${ended}/events`)).body.events ?? []).toEqual([]);
  expect((await admin.get(`/api/mcp/sessions/${living}`)).status).toBe(200);
  expect(host.log()).toContain('data was deleted on request');
  expect(await ask('privacy.delete', { what: 'older', days: 0 })).toMatchObject({ ok: false });
  expect((await api.post(`${WEB.rpc}/privacy.delete`, deletion)).status).toBe(403);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
