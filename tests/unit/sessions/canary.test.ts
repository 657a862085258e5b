import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { codeOf, harnessTest } from './harness';

const test = harnessTest
  /** Everything in the data folder as one text, byte for byte. */
  .extend('folder', ({ house }) => (): string => {
    return readdirSync(house.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
      .join('\n');
  });

test('no key, token or secret is ever in the database files, an event, an error or a report', async ({
  house,
  folder,
}) => {
  const secrets: [name: string, text: string][] = [];
  const remember = (name: string, token: string) => {
    secrets.push([name, token]);
    for (const [i, part] of token.split('.').entries()) if (i === 2) secrets.push([`${name}, signature`, part]);
  };
  const messages: string[] = [];
  const client = house.client('canary-client-name');
  remember('client key', client.key.slice(3));
  const { transport, session } = house.connect(client);
  const id = session.session_id;

  const first = await house.issue(id, client);
  remember('superseded token', first);
  const second = await house.issue(id, client);
  remember('used token', second);
  const third = (await house.reconnect(id, second, client, transport)).reconnect_token;
  remember('successor', third);
  for (const token of [first, `${third}x`, third.slice(0, -1)]) {
    remember('refused token', token);
    await house.reconnect(id, token, client).catch((error: Error) => messages.push(String(error), error.message));
  }
  house.clock.advance(11_000);
  expect(await codeOf(() => house.reconnect(id, second, client))).toBe('token_reused');
  remember('token of the stranger', await house.issue(id, client));
  house.call(transport, client);
  await house.restart('kill', 1_000);
  house.manager.recover(house.clock.now());
  house.clients.authenticate(client.key);
  remember('secret', Buffer.from(house.secret).toString('base64url'));
  remember('secret, hex', Buffer.from(house.secret).toString('hex'));
  remember('secret, bytes', Buffer.from(house.secret).toString('latin1'));

  const open = folder();
  // The search itself works: what is stored is found.
  expect(open).toContain('canary-client-name');
  expect(open).toContain(id);
  house.store.close();
  const closed = folder();
  const rest = JSON.stringify(house.events) + messages.join('\n') + house.problems.map(String).join('\n');
  expect(messages.length).toBeGreaterThan(0);
  for (const [name, text] of secrets) {
    expect(open.includes(text), `${name} in the open files`).toBe(false);
    expect(closed.includes(text), `${name} in the closed files`).toBe(false);
    expect(rest.includes(text), `${name} in events or messages`).toBe(false);
  }
});
