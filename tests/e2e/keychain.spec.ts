import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import type { Servers } from '#src/shared/contract/server';
import { COUNTER, inRepository } from '#tests/support/paths';
import { whyNoKeyring } from '../../scripts/runtime/keyring.mjs';
import { startHeadless } from './support/headless';
import { test as base, expect, type Holdfast, launchHoldfast } from './support/holdfast';
import { type Keyring, startKeyring } from './support/keyring';

const CANARY = 'canary-value-42';
const PLAIN = 'server-values.json';
const SEALED = 'server-values.json.sealed';

interface Fixtures {
  keyring: Keyring;
  /** Starts the app; it is closed after the test, whatever comes. */
  launch: typeof launchHoldfast;
}

const test = base.extend<Fixtures>({
  launch: async ({}, use) => {
    const started: Holdfast[] = [];
    await use(async (options) => {
      const holdfast = await launchHoldfast(options);
      started.push(holdfast);
      return holdfast;
    });
    for (const holdfast of started) await holdfast.close();
  },
  keyring: async ({}, use) => {
    const keyring = await startKeyring();
    await use(keyring);
    await keyring.stop();
  },
});
const missing = whyNoKeyring();
test.skip(missing !== undefined, missing);

const stored = (folder: string) => readdirSync(join(folder, 'secrets')).filter((name) => name.startsWith(PLAIN));

/** Files below the data folder that hold the secret. */
const filesWithSecret = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path).includes(CANARY);
  });

async function servers(folder: string): Promise<Servers> {
  const { url, admin_key } = readEndpointFile(folder) ?? { url: '', admin_key: '' };
  const answer = await fetch(`${url}/api/mcp/servers`, { headers: { authorization: `Bearer ${admin_key}` } });
  return (await answer.json()) as Servers;
}

/** What `holdfast doctor` says about secrets. */
async function doctor(folder: string): Promise<string> {
  const args = [inRepository('out/main/holdfast.js'), 'doctor'];
  const env = { ...process.env, HOLDFAST_DATA_DIR: folder };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch((error) => error);
  return (
    String(stdout)
      .split('\n')
      .find((line) => line.includes('secrets of servers')) ?? String(stdout)
  );
}

/** The value that the server's process got. */
async function valueAtServer(
  holdfast: Holdfast,
  connect: (options: { key: string }) => Promise<{ call: CallableFunction }>,
) {
  const client = await connect({ key: await holdfast.newKey('laptop') });
  const { content } = (await client.call('counter__env', { name: 'API_KEY' })) as { content: { text: string }[] };
  return JSON.parse(content[0]?.text ?? '').value;
}

test('secrets move into the real keychain and back, and nothing is lost where it cannot be opened', async ({
  folder,
  keyring,
  launch,
  connect,
}) => {
  test.setTimeout(120_000);
  const withKeychain = (place: 'keychain' | 'file') => ({
    folder,
    env: { ...keyring.env, HOLDFAST_SECRETS: place, HOLDFAST_TRUST_SERVERS: '1' },
    args: ['--password-store=gnome-libsecret'],
  });

  const before = await launch({ folder });
  await before.admin('/api/mcp/servers/counter', {
    method: 'PUT',
    body: { command: process.execPath, args: [COUNTER], env: { API_KEY: CANARY } },
  });
  await before.close();
  expect(filesWithSecret(folder)).toEqual([join('secrets', PLAIN)]);

  const app = await launch(withKeychain('keychain'));
  expect(stored(folder)).toEqual([SEALED]);
  await app.open('Servers');
  await expect(app.window.locator('[data-protection]')).toHaveText(
    'Values and logins of servers are encrypted, with a key in the keychain of the system.',
  );
  // Before the server is made to tell it: what a server answers may be kept for its client.
  expect(filesWithSecret(folder)).toEqual([]);
  expect(await valueAtServer(app, connect)).toBe(CANARY);
  expect(await doctor(folder)).toMatch(/^✓ secrets of servers: .*keychain of the system\.$/);
  await app.close();
  const blob = readFileSync(join(folder, 'secrets', SEALED));

  const headless = await startHeadless({ folder });
  const { secrets, servers: found } = await servers(folder);
  expect(secrets.problem).toMatch(/^The stored values of servers cannot be read now\. .*HOLDFAST_SECRETS=file/);
  expect(found[0]?.state).toBe('broken');
  expect(await doctor(folder)).toMatch(/^✗ FAILED secrets of servers: The stored values/);
  await headless.stop();
  const locked = await launch({
    folder,
    env: { HOLDFAST_SECRETS: 'keychain', HOLDFAST_TRUST_SERVERS: '1' },
    args: ['--password-store=basic'],
  });
  await locked.open('Servers');
  await expect(locked.window.getByText('Some secrets of servers cannot be read.')).toBeVisible();
  await expect(locked.window.getByRole('region', { name: 'counter', exact: true })).toContainText(
    'the stored value of API_KEY cannot be read now',
  );
  await locked.close();
  expect(readFileSync(join(folder, 'secrets', SEALED))).toEqual(blob);

  const back = await launch(withKeychain('file'));
  expect(stored(folder)).toEqual([PLAIN]);
  expect(await valueAtServer(back, connect)).toBe(CANARY);
  await back.close();
});
