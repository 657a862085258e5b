import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SECRET_MARK } from '#src/main/upstream/config/file/entry';
import { FakeKeychain } from '#tests/support/fake-keychain';
import type { TestHost } from '#tests/support/hosts/test-host';
import { Window, windowTest } from './support';

const CANARY = 'canary-value-42';
const SEALED = 'server-values.json.sealed';
const SERVER = { name: 'a', command: 'x', env: { API_KEY: CANARY } };

const test = windowTest.extend('keychain', () => new FakeKeychain());

const folderOf = (host: TestHost) => join(host.folder, 'secrets');
const blobOf = (host: TestHost) => readFileSync(join(folderOf(host), SEALED));
const list = async (host: TestHost) => (await Window.of(host)).call('servers.list', {});

/** Files below the data folder that hold the text. */
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });

/** A data folder in which the app has encrypted a value of a server. It is stopped. */
async function encrypted(startHost: (options: object) => Promise<TestHost>, folder: string, keychain: FakeKeychain) {
  const host = await startHost({ folder, keychain });
  await (await Window.of(host)).call('servers.save', { server: SERVER });
  await host.stop();
  return host;
}

test('a value is moved into the keychain by the app, and back by HOLDFAST_SECRETS=file', async ({
  startHost,
  folder,
  keychain,
}) => {
  const before = await startHost({ folder });
  await (await Window.of(before)).call('servers.save', { server: SERVER });
  expect((await list(before)).secrets).toMatchObject({ in_keychain: false, problem: null });
  expect(filesWith(folder, CANARY)).toEqual([join('secrets', 'server-values.json')]);
  await before.stop();

  const app = await startHost({ folder, keychain });
  expect((await list(app)).secrets).toEqual({
    in_keychain: true,
    protection: 'Values and logins of servers are encrypted, with a key in the keychain of the system.',
    problem: null,
  });
  expect((await list(app)).servers[0]?.problem).toBeNull();
  expect(filesWith(folder, CANARY)).toEqual([]);
  expect(readdirSync(folderOf(app))).toContain(SEALED);
  await app.stop();

  const back = await startHost({ folder, keychain, secretsPlace: 'file' });
  expect((await list(back)).secrets).toMatchObject({ in_keychain: false, problem: null });
  await back.stop();
  const headless = await startHost({ folder });
  expect((await list(headless)).servers[0]?.problem).toBeNull();
  expect(filesWith(folder, CANARY)).toEqual([join('secrets', 'server-values.json')]);
});

test('without a window, what the app has encrypted is named, kept, and never written over', async ({
  startHost,
  folder,
  keychain,
}) => {
  await encrypted(startHost, folder, keychain);
  const host = await startHost({ folder });
  const blob = blobOf(host);
  const window = await Window.of(host);
  const { servers, secrets } = await window.call('servers.list', {});
  expect(secrets.problem).toMatch(/^The stored values of servers cannot be read now\. .*HOLDFAST_SECRETS=file/);
  expect((await window.call('app.info', {})).notices).toEqual([secrets.problem]);
  expect(servers[0]).toMatchObject({ name: 'a', state: 'broken' });
  expect(servers[0]?.problem).toContain('the stored value of API_KEY cannot be read now.');

  const b = { name: 'b', command: 'x', env: { API_KEY: 'another-canary' } };
  expect(await window.refusal('servers.save', { server: b })).toEqual({
    code: 'storage_unavailable',
    message: `This cannot be saved. ${secrets.problem}`,
  });
  expect(filesWith(folder, 'another-canary')).toEqual([]);
  const renamed = { ...SERVER, name: 'c', env: { API_KEY: null } };
  expect((await window.refusal('servers.save', { server: renamed, replaces: 'a' })).message).toContain(
    'cannot be read',
  );
  await window.call('servers.save', { server: { name: 'd', command: 'x' } });
  const { undo_id } = await window.call('servers.remove', { name: 'a' });
  await window.call('servers.undo_remove', { undo_id });
  expect(blobOf(host)).toEqual(blob);
  await host.stop();

  const app = await startHost({ folder, keychain });
  const again = await list(app);
  expect(again.secrets.problem).toBeNull();
  expect(again.servers.find(({ name }) => name === 'a')).toMatchObject({ problem: null, state: 'stopped' });
  expect(readFileSync(join(folder, 'servers.json'), 'utf8')).toContain(SECRET_MARK);
});

test('a keychain that refuses at the start costs nothing, and the next start has the values', async ({
  startHost,
  folder,
  keychain,
}) => {
  await encrypted(startHost, folder, keychain);
  keychain.refusal = 'it was denied';
  const denied = await startHost({ folder, keychain });
  const { servers, secrets } = await list(denied);
  expect(secrets.problem).toContain(
    'cannot be read now. The keychain of the system cannot be used (it was denied). Nothing is lost',
  );
  expect(servers[0]?.state).toBe('broken');
  expect(denied.log()).toContain('it was denied');
  await denied.stop();
  keychain.refusal = null;
  expect((await list(await startHost({ folder, keychain }))).servers[0]?.problem).toBeNull();
});

test('a keychain that the user unlocks later brings the values while Holdfast runs', async ({
  startHost,
  folder,
  keychain,
}) => {
  await encrypted(startHost, folder, keychain);
  keychain.lock();
  const host = await startHost({ folder, keychain });
  const window = await Window.of(host);
  expect((await window.call('servers.list', {})).servers[0]?.state).toBe('broken');
  keychain.unlock();
  await expect.poll(async () => (await window.call('servers.list', {})).servers[0]?.state).toBe('stopped');
  expect((await window.call('app.info', {})).notices).toEqual([]);
  await window.call('servers.save', { server: { name: 'b', command: 'x', env: { API_KEY: 'another' } } });
  await host.stop();
  const after = await list(await startHost({ folder, keychain }));
  expect(after.servers.map(({ problem }) => problem)).toEqual([null, null]);
});
