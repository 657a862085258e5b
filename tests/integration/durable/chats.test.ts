import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { COUNTER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { MatrixHost } from './support/host';
import { MatrixClient } from './support/matrix-client';

/* Chats of one program, each in a process of its own, beside each other and one after another. */

const test = base
  .extend('program', { scope: 'file' }, async ({}, { onCleanup }): Promise<Bundle> => {
    const bundle = await bundleForNode(join(import.meta.dirname, 'programs/jumping-host.ts'));
    onCleanup(() => bundle.remove());
    return bundle;
  })
  .extend('host', async ({ program }, { onCleanup }) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-chats-'));
    const counter = { command: process.execPath, args: [COUNTER] };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { counter } }));
    const host = new MatrixHost(program.file, folder);
    onCleanup(async () => {
      await host.kill();
      await endServers(folder);
      rmSync(folder, { recursive: true, force: true });
    });
    await host.start();
    return host;
  })
  .extend('key', ({ host }) => host.newKey('Chats'))
  .extend('chat', ({ host, key }, { onCleanup }) => {
    const chats: MatrixClient[] = [];
    onCleanup(async () => void (await Promise.all(chats.map((chat) => chat.kill()))));
    return async (project: string, name = 'claude-code') => {
      const cwd = join(host.folder, project);
      mkdirSync(cwd, { recursive: true });
      const options = { kind: 'v1', url: `${host.url}/mcp/counter`, key, timeout: 10_000, name, cwd } as const;
      const chat = await MatrixClient.start({ ...options, folder: host.folder });
      chats.push(chat);
      return chat;
    };
  });

async function countOf(chat: MatrixClient): Promise<number | string> {
  const seen = await chat.count('count');
  return 'count' in seen ? seen.count.n : seen.error;
}

const of = (sessions: readonly Session[], chat: MatrixClient): Session | undefined =>
  sessions.find(({ client_process }) => client_process?.pid === chat.pid);

test.for(['claude-code', 'my-agent'])(
  'two chats of %s keep their own state, whoever speaks first after a restart',
  { timeout: 60_000 },
  async (name, { host, key, chat }) => {
    const shop = await chat('shop', name);
    const blog = await chat('blog', name);
    expect([await countOf(shop), await countOf(shop), await countOf(blog)]).toEqual([1, 2, 1]);
    for (const end of [() => host.quit(), () => host.kill()]) {
      await end();
      await host.start();
      const newcomer = await chat('shop', name);
      expect(await countOf(newcomer)).toBe(1);
      await newcomer.kill();
    }
    expect([await countOf(shop), await countOf(blog), await countOf(shop)]).toEqual([3, 2, 4]);
    const sessions = await host.sessions(key);
    expect(sessions).toHaveLength(4);
    expect(of(sessions, shop)?.client_process).toMatchObject({ folder: '~/shop', bridged: false });
    expect(of(sessions, blog)?.client_process).toMatchObject({ folder: '~/blog' });
  },
);

test('a program that initializes anew from its process comes back, while another chat is open', {
  timeout: 60_000,
}, async ({ host, chat }) => {
  const shop = await chat('shop');
  const blog = await chat('blog');
  expect([await countOf(shop), await countOf(blog)]).toEqual([1, 1]);
  await host.kill();
  await host.start();
  await Promise.all([blog.connectAnew(), shop.connectAnew()]);
  expect([await countOf(shop), await countOf(blog), await countOf(shop)]).toEqual([2, 2, 3]);
});

test('a chat whose process ends is disconnected at once, and the next one gets what the setting says', {
  timeout: 60_000,
}, async ({ host, key, chat }) => {
  const first = await chat('shop');
  expect([await countOf(first), await countOf(first)]).toEqual([1, 2]);
  await first.kill();
  await expect.poll(async () => of(await host.sessions(key), first)?.status, { timeout: 10_000 }).toBe('disconnected');
  const { session_id = '' } = of(await host.sessions(key), first) ?? {};
  expect(await host.lastDisconnect(session_id)).toBe('client_ended');
  const second = await chat('shop');
  expect(await countOf(second)).toBe(1);
  await second.kill();
  await host.setNewProcess('last_session');
  expect(await countOf(await chat('blog'))).toBe(1);
  const third = await chat('shop');
  expect(await countOf(third)).toBe(2);
});

test('a client is known even if it closes its connection after each answer', async ({ host, key }) => {
  const ask = (body: object, sessionId = ''): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${key}`,
        ...(sessionId === '' ? {} : { 'mcp-session-id': sessionId }),
      };
      const sent = request(`${host.url}/mcp`, { method: 'POST', headers, agent: false }, (answer) =>
        answer.resume().on('end', () => resolve(answer)),
      );
      sent.on('error', reject).end(JSON.stringify({ jsonrpc: '2.0', ...body }));
    });
  const initialize = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'brief', version: '1' } };
  for (let round = 0; round < 5; round += 1) {
    const { headers } = await ask({ id: 1, method: 'initialize', params: initialize });
    await ask({ id: 2, method: 'tools/call', params: { name: 'session_info' } }, String(headers['mcp-session-id']));
  }
  const sessions = await host.sessions(key);
  expect(sessions.map(({ client_process }) => client_process?.pid)).toEqual(Array(5).fill(process.pid));
});
