import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { clientUri } from '#src/main/endpoint/mcp/aggregate/names';
import type { Client } from '#src/shared/contract/client';
import type { Offered, Session, SharingRole } from '#src/shared/contract/session';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { initializeRequest, type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient, statelessClient } from '#tests/support/clients/real-clients';
import { COUNTER, TASK_SERVER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { MatrixHost } from './support/host';

/* A session goes from one client to another, or is shared with it, in whatever state it is: one Holdfast for all, with a stateful server. */

const WHERE = /This session went on in Cursor .* with what they hold/;
const [SDK_V1, SDK_V2] = REAL_CLIENTS;

interface Party {
  readonly key: string;
  readonly id: string;
}

const test = base
  .extend('program', { scope: 'file' }, async ({}, { onCleanup }): Promise<Bundle> => {
    const bundle = await bundleForNode(join(import.meta.dirname, 'programs/jumping-host.ts'));
    onCleanup(() => bundle.remove());
    return bundle;
  })
  .extend('host', { scope: 'file' }, async ({ program }, { onCleanup }) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-taking-over-'));
    const counter = { command: process.execPath, args: [COUNTER] };
    const slow = { ...counter, env: { COUNTER_GATE: join(folder, 'slow-start') } };
    const tasks = { command: process.execPath, args: [TASK_SERVER] };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { counter, slow, tasks } }));
    const host = new MatrixHost(program.file, folder);
    onCleanup(async () => {
      await host.kill();
      await endServers(folder);
      rmSync(folder, { recursive: true, force: true });
    });
    await host.start();
    return host;
  })
  .extend('party', ({ host }) => async (name: string, mayTakeOver: boolean, policy?: 'stateless'): Promise<Party> => {
    const key = await host.newKey(name, policy);
    const { clients } = (await host.admin('/api/mcp/clients')) as { clients: Client[] };
    const id = clients.find((one) => one.name === name)?.client_id ?? '';
    const body = JSON.stringify({ may_take_over: mayTakeOver });
    await host.fetch(`/api/mcp/clients/${id}`, host.adminKey, { method: 'PATCH', body });
    return { key, id };
  })
  .extend('owner', ({ party }) => party('Claude', false))
  .extend('heir', ({ party }) => party('Cursor', true))
  .extend('offer', ({ host, owner, heir }) => async (invited = false): Promise<Offered> => {
    const [session] = await host.sessions(owner.key);
    const body = { client_id: heir.id, invited };
    return (await host.admin(`/api/mcp/sessions/${session?.session_id}/offer`, body)) as Offered;
  })
  .extend('share', ({ host, owner, heir }) => async (asks: SharingRole = 'host', invited = false): Promise<Offered> => {
    const [session] = await host.sessions(owner.key);
    const body = { client_id: heir.id, invited, share: asks };
    return (await host.admin(`/api/mcp/sessions/${session?.session_id}/offer`, body)) as Offered;
  })
  /** A client that shows every byte. */
  .extend('raw', ({ host }) => async ({ key }: Party, path = '/mcp/counter'): Promise<McpHttp> => {
    const client = new McpHttp({ url: `${host.url}${path}` }, key);
    await client.initialize();
    return client;
  });

// Each test has clients of its own; their names are looked up, so the ones before must be gone.
test.afterEach(async ({ host, owner, heir }) => {
  for (const { id } of [owner, heir]) {
    await host.fetch(`/api/mcp/clients/${id}`, host.adminKey, { method: 'DELETE' });
  }
});

const connect = (kind: typeof SDK_V1, host: MatrixHost, { key }: Party, path = '/mcp/counter'): Promise<RealClient> => {
  if (!kind) throw new Error('it is in the list');
  return kind.connect(`${host.url}${path}`, key);
};

/** Whether the process runs. */
const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A client that shows every byte, and says that it can be asked. */
async function askable(host: MatrixHost, { key }: Party, path = '/mcp/counter'): Promise<McpHttp> {
  const client = new McpHttp({ url: `${host.url}${path}` }, key);
  const hello = initializeRequest('2025-11-25');
  const answer = await client.post({ ...hello, id: 0, params: { ...hello.params, capabilities: { elicitation: {} } } });
  client.transportId = answer.headers.get('mcp-session-id');
  await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return client;
}

/** The first id on a stream, from which it can go on. */
async function beginOf(stream: SseReader | null): Promise<string | null> {
  for (let event = await stream?.next(); event; event = await stream?.next()) if (event.id) return event.id;
  return null;
}

/** All messages of a stream, once it has ended. */
const messagesOf = async (stream: SseReader | null): Promise<Json[]> =>
  ((await stream?.rest()) ?? []).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));

const textOf = (result: Json): string => result.content[0].text;
const json = (result: Json): Json => JSON.parse(textOf(result));

describe('a session that is handed over', () => {
  test('while nothing runs: the other client finds its state, the old one is told, and starts afresh', async ({
    host,
    owner,
    heir,
    offer,
  }) => {
    const old = await connect(SDK_V1, host, owner);
    const { pid } = await old.json('count');
    await old.json('count');
    await offer();
    expect(await old.json('peek'), 'until the other one comes nothing changes').toEqual({ n: 2, pid });

    const taker = await connect(SDK_V2, host, heir);
    expect(await taker.json('count')).toEqual({ n: 3, pid });
    await expect(old.call('count')).rejects.toThrow(WHERE);

    const again = await connect(SDK_V1, host, owner);
    // What it calls at once must not happen by halves.
    for (const told of await Promise.all([again.call('count'), again.call('count'), again.call('peek')])) {
      expect([told.isError, textOf(told)]).toEqual([true, expect.stringMatching(WHERE)]);
      expect(textOf(told)).toContain('this call was not made');
    }
    const fresh = await again.json('count');
    expect(fresh.n).toBe(1);
    expect(fresh.pid).not.toBe(pid);
    expect(await taker.json('count')).toEqual({ n: 4, pid });
    const [taken] = await host.sessions(heir.key);
    expect(taken).toMatchObject({ last_reconnect_cause: 'taken_over', reconnect_count: 1, client_id: heir.id });
    for (const client of [old, taker, again]) await client.vanish();
  }, 60_000);

  test('while a call runs: its client gets an error, and nobody gets its result', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await connect(SDK_V1, host, owner, '/mcp');
    const gate = join(host.folder, 'in-a-call');
    const running = old.call('counter__count', { gate });
    running.catch(() => {});
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    const { invitation, session } = await offer(true);

    const taker = await raw(heir, '/mcp');
    const answer = await taker.call('reconnect_session', {
      session_id: session.session_id,
      reconnect_token: invitation,
    });
    expect(answer.structuredContent).toMatchObject({ success: true, message: expect.stringContaining('chat') });
    await expect(running).rejects.toThrow(WHERE);
    writeFileSync(`${gate}.go`, '');
    await expect.poll(() => existsSync(`${gate}.done`)).toBe(true);
    const stream = (await taker.get()).stream;
    expect(json(await taker.call('counter__count'))).toMatchObject({ n: 2 });
    await taker.call('counter__remind', { ms: 50, uri: 'counter://n' });
    const pushed: Json[] = [];
    while (pushed.at(-1)?.method !== 'notifications/resources/updated') pushed.push((await stream?.message())?.message);
    expect(
      pushed.filter(({ id }) => id !== undefined),
      'no answer of the old call',
    ).toEqual([]);
    stream?.cut();
    const again = await taker.call('reconnect_session', {
      session_id: session.session_id,
      reconnect_token: invitation,
    });
    expect(textOf(again)).toMatch(/^token_reused/);
    await old.vanish();
  }, 60_000);

  test('while a person is asked: the question is taken back, and the server goes on', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const { stream } = await old.request('tools/call', { name: 'ask', arguments: {} });
    const question = (await stream?.message())?.message;
    expect(question.method).toBe('elicitation/create');
    await offer();

    const taker = await connect(SDK_V2, host, heir);
    await taker.json('peek');
    const rest = (await stream?.rest())?.flatMap(({ data }) => (data ? [JSON.parse(data)] : [])) ?? [];
    expect(rest[0]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: question.id } });
    expect(rest[1].error.message).toMatch(WHERE);
    expect(rest).toHaveLength(2);
    const late = await old.post({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: {} } });
    expect([late.status, late.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    expect(await taker.json('ask'), 'whoever has it now is asked').toMatchObject({ action: 'accept' });
    expect(taker.asked).toHaveLength(1);
    await taker.vanish();
  }, 60_000);

  test('while a call runs that asks and logs later: the other client hears nothing of it', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const gate = join(host.folder, 'asks-later');
    const { stream } = await old.request('tools/call', { name: 'ask', arguments: { gate } });
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    await offer();
    const taker = await connect(SDK_V2, host, heir);
    await taker.json('peek');
    await stream?.rest();
    writeFileSync(`${gate}.go`, '');
    await expect.poll(() => existsSync(`${gate}.done`) && readFileSync(`${gate}.done`, 'utf8')).toBeTruthy();
    expect(JSON.parse(readFileSync(`${gate}.done`, 'utf8'))).toEqual({ action: 'cancel' });
    await taker.json('touch');
    expect(taker.asked).toEqual([]);
    await taker.vanish();
  }, 60_000);

  test('with a stream open: it ends, and what the server says goes to the other client', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    await old.call('count');
    await old.request('resources/subscribe', { uri: 'counter://n' });
    const stream = (await old.get()).stream;
    await offer();
    const taker = await connect(SDK_V1, host, heir);
    await taker.json('count');
    expect((await stream?.rest())?.filter(({ data }) => data)).toEqual([]);
    await taker.request('resources/subscribe', { uri: 'counter://other' });
    expect(await taker.json('touch', { uri: 'counter://n' }), 'what the old one subscribed to is forgotten').toEqual({
      sent: false,
    });
    await taker.json('touch', { uri: 'counter://other' });
    expect(await taker.heardOf('notifications/resources/updated')).toMatchObject({ uri: 'counter://other' });
    const gone = await old.get();
    expect([gone.status, gone.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    await taker.vanish();
  }, 60_000);

  test('to two connections at once: one has it', async ({ host, owner, heir, offer, raw }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    await offer();
    const takers = await Promise.all([raw(heir), raw(heir), raw(heir)]);
    const counts = await Promise.all(takers.map((taker) => taker.call('count')));
    const withState = counts.map(json).filter((count) => count.pid === pid);
    expect(withState).toEqual([{ n: 2, pid }]);
    const taken = (await host.sessions(heir.key)).filter((one: Session) => one.last_reconnect_cause === 'taken_over');
    expect(taken).toHaveLength(1);
  }, 60_000);

  test('while Holdfast is killed, before and after: the offer holds, the old client is told once', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const gate = join(host.folder, 'killed');
    const { stream } = await old.request('tools/call', { name: 'count', arguments: { gate } });
    let begun = await stream?.next();
    while (begun?.id === undefined) begun = await stream?.next();
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    await offer();
    await host.kill();
    await host.start();
    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    await host.kill();
    writeFileSync(`${gate}.go`, '');
    await expect.poll(() => existsSync(`${gate}.done`)).toBe(true);
    await host.start();
    expect(json(await taker.call('peek'))).toEqual({ n: 2, pid });

    // Many clients would take a 404 here for nothing at all, and wait for their call.
    const rest = await (await old.get(begun?.id)).stream?.rest();
    const [answer, ...more] = (rest ?? []).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));
    expect([answer.error.message, more]).toEqual([expect.stringMatching(WHERE), []]);
    const gone = await old.get();
    expect([gone.status, gone.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    expect((await taker.get(begun?.id)).status, 'nobody else reads it').not.toBe(200);
    const again = await raw(owner);
    expect(textOf(await again.call('peek'))).toMatch(WHERE);
    expect(json(await again.call('peek')).pid).not.toBe(pid);
  }, 60_000);
});

describe('a session that is handed over in an odd moment', () => {
  test('in the middle of an upload of its client: the call is not made, and says where the session went', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const message = { jsonrpc: '2.0', id: 99, method: 'tools/call', params: { name: 'count', arguments: {} } };
    const text = JSON.stringify(message);
    const headers = {
      Authorization: `Bearer ${owner.key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'Mcp-Session-Id': old.transportId ?? '',
      'MCP-Protocol-Version': '2025-11-25',
    };
    const upload = httpRequest(`${host.url}/mcp/counter`, { method: 'POST', headers });
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
    await new Promise((sent) => upload.write(text.slice(0, 20), sent));
    await offer();
    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    upload.end(text.slice(20));
    const [answer] = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    expect([answer.statusCode, Buffer.concat(chunks).toString()]).toEqual([404, expect.stringMatching(WHERE)]);
    expect(json(await taker.call('count'))).toEqual({ n: 2, pid });
  }, 60_000);

  test('while its server starts: the first call is nobody’s, and the process is the new client’s', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner, '/mcp');
    await old.request('tools/list', {});
    const starting = old.call('slow__count');
    await expect.poll(() => existsSync(join(host.folder, 'slow-start.here'))).toBe(true);
    await offer();
    const taker = await raw(heir, '/mcp');
    const first = taker.call('slow__peek');
    expect((await starting).message).toMatch(WHERE);
    writeFileSync(join(host.folder, 'slow-start.go'), '');
    const { n, pid } = json(await first);
    expect(n, 'whether it was sent or not, it was not made twice').toBeLessThanOrEqual(1);
    expect(json(await taker.call('slow__count'))).toEqual({ n: n + 1, pid });
  }, 60_000);
});

describe('between a client with MCP sessions and one without', () => {
  test('it goes from the one without: its call is cut off, it is told once, and it starts afresh', async ({
    host,
    party,
    heir,
    raw,
  }) => {
    const owner = await party('Modern', false, 'stateless');
    const old = await statelessClient(`${host.url}/mcp/counter`, owner.key);
    const { pid } = await old.json('count');
    const gate = join(host.folder, 'modern-call');
    const running = old.call('count', { gate });
    running.catch(() => {});
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    const [session] = await host.sessions(owner.key);
    await host.admin(`/api/mcp/sessions/${session?.session_id}/offer`, { client_id: heir.id, invited: false });

    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    await expect(running).rejects.toThrow(WHERE);
    writeFileSync(`${gate}.go`, '');
    await expect.poll(() => existsSync(`${gate}.done`)).toBe(true);
    for (const told of await Promise.all([old.call('count'), old.call('peek')])) {
      expect([told.isError, textOf(told)]).toEqual([true, expect.stringMatching(WHERE)]);
    }
    const fresh = await old.json('count');
    expect(fresh.n).toBe(1);
    expect(fresh.pid).not.toBe(pid);
    expect(json(await taker.call('count'))).toEqual({ n: 3, pid });
    await old.vanish();
    await host.fetch(`/api/mcp/clients/${owner.id}`, host.adminKey, { method: 'DELETE' });
  }, 60_000);

  test('it goes to the one without, by its next request or by an invitation, and stays there after a kill', async ({
    host,
    owner,
    party,
    raw,
  }) => {
    const modern = await party('Cursor', true, 'stateless');
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const [session] = await host.sessions(owner.key);
    const path = `/api/mcp/sessions/${session?.session_id}/offer`;
    await host.admin(path, { client_id: modern.id, invited: false });
    const taker = await statelessClient(`${host.url}/mcp`, modern.key);
    expect(await taker.json('counter__count')).toEqual({ n: 2, pid });
    const gone = await old.request('tools/call', { name: 'counter__peek', arguments: {} });
    expect([gone.status, gone.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    await host.kill();
    await host.start();
    expect(await taker.json('counter__count')).toEqual({ n: 3, pid });

    // What comes next is another session of the first client; the one without sessions uses its own now.
    const again = await raw(owner, '/mcp');
    expect(textOf(await again.call('counter__peek'))).toMatch(WHERE);
    const other = json(await again.call('counter__count'));
    const [next] = await host.sessions(owner.key);
    const offer = `/api/mcp/sessions/${next?.session_id}/offer`;
    await expect(host.admin(offer, { client_id: modern.id, invited: false })).rejects.toThrow(/Make an invitation/);
    const { invitation } = (await host.admin(offer, { client_id: modern.id, invited: true })) as Offered;
    const answer = await taker.call('reconnect_session', {
      session_id: next?.session_id,
      reconnect_token: invitation,
    });
    const message = expect.stringContaining('What they had before is kept');
    expect(answer.structuredContent).toMatchObject({ success: true, message });
    expect(await taker.json('counter__count')).toEqual({ n: 2, pid: other.pid });
    expect((await again.get()).status).toBe(404);
    const kept = (await host.sessions(modern.key)).find(({ session_id }) => session_id === session?.session_id);
    expect(kept, 'what its other chats had is kept').toMatchObject({ status: 'disconnected' });
    await taker.vanish();
    await host.fetch(`/api/mcp/clients/${modern.id}`, host.adminKey, { method: 'DELETE' });
  }, 60_000);
});

describe('servers that two clients share', () => {
  test.for(['/mcp/counter', '/mcp'])(
    'at %s: both use one process, and each gets what is meant for it',
    { timeout: 60_000 },
    async (path, { host, owner, heir, share }) => {
      const name = (tool: string) => (path === '/mcp' ? `counter__${tool}` : tool);
      const first = await connect(SDK_V1, host, owner, path);
      const { pid } = await first.json(name('count'));
      await share();
      expect(await first.json(name('count')), 'until the other one comes nothing changes').toEqual({ n: 2, pid });
      const second = await connect(SDK_V2, host, heir, path);
      expect(await second.json(name('count'))).toEqual({ n: 3, pid });
      expect(await first.json(name('count'))).toEqual({ n: 4, pid });

      const steps: number[][] = [[], []];
      const slow = (client: RealClient, at: number, count: number) =>
        client.call(name('slow'), { ms: 100, steps: count }, { onprogress: ({ total }) => steps[at]?.push(total) });
      await Promise.all([slow(first, 0, 3), slow(second, 1, 2)]);
      expect(steps).toEqual([
        [3, 3, 3],
        [2, 2],
      ]);

      const gate = join(host.folder, `shared${path.replaceAll('/', '-')}`);
      const kept = second.json(name('count'), { gate });
      const stop = new AbortController();
      const given = first.call(name('slow'), { ms: 60_000 }, { signal: stop.signal });
      given.catch(() => {});
      await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
      stop.abort();
      await expect(given).rejects.toThrow();
      writeFileSync(`${gate}.go`, '');
      expect(await kept).toEqual({ n: 5, pid });

      await first.json(name('log'), { data: 'to both' });
      // Whoever has listed something is told when it changes.
      for (const client of [first, second]) await client.names('tools/list');
      await first.json(name('announce'));
      for (const client of [first, second]) {
        expect(await client.heardOf('notifications/message')).toMatchObject({ data: 'to both' });
        await client.heardOf('notifications/tools/list_changed');
      }
      const [one] = await host.sessions(owner.key);
      const [other] = await host.sessions(heir.key);
      expect(one?.sharing).toMatchObject({ session_id: other?.session_id, role: 'host', client_id: heir.id });
      expect(other?.sharing).toMatchObject({ session_id: one?.session_id, role: 'guest', client_id: owner.id });

      await host.fetch(`/api/mcp/sessions/${one?.session_id}`, owner.key, { method: 'DELETE' });
      expect(await second.json(name('count')), 'the one that stays has the servers').toEqual({ n: 6, pid });
      expect((await host.sessions(heir.key))[0]).toMatchObject({ sharing: null, status: 'active' });
      await host.fetch(`/api/mcp/sessions/${other?.session_id}`, heir.key, { method: 'DELETE' });
      await expect.poll(() => runs(pid)).toBe(false);
      for (const client of [first, second]) await client.vanish();
    },
  );

  test('ask one of the two, chosen, and the other when that one has left', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await connect(SDK_V2, host, heir);
    const stream = (await first.get()).stream;
    const asking = second.json('ask');
    const question = (await stream?.message())?.message;
    expect(question, 'the host is asked for the call of the guest').toMatchObject({ method: 'elicitation/create' });
    await first.post({ jsonrpc: '2.0', id: question.id, result: { action: 'decline' } });
    expect(await asking).toEqual({ action: 'decline' });
    const roots = await second.json('request', { method: 'roots/list' });
    expect(roots.error.message, 'it has said that it has none').toContain('does not answer roots/list');

    const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
    const patch = (asks: SharingRole) =>
      host.fetch(`/api/mcp/sessions/${session_id}`, host.adminKey, { method: 'PATCH', body: JSON.stringify({ asks }) });
    await patch('guest');
    expect(json(await first.call('ask'))).toMatchObject({ action: 'accept' });
    expect(second.asked.map(({ method }) => method)).toEqual(['elicitation/create']);
    await patch('host');
    const again = second.json('ask');
    await stream?.message();
    await first.delete();
    expect(await again, 'what is open is asked again').toMatchObject({ action: 'accept' });
    expect(second.asked).toHaveLength(2);
    stream?.cut();
    await second.vanish();
    await (await raw(owner)).delete();
  }, 60_000);

  test('updates of a resource go to whoever subscribed, and stopping leaves the servers where they were', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await connect(SDK_V1, host, owner, '/mcp/counter');
    const { pid } = await first.json('count');
    await share();
    const second = await raw(heir);
    await second.call('peek');
    const stream = (await second.get()).stream;
    await first.request('resources/subscribe', { uri: 'counter://n' });
    await second.request('resources/subscribe', { uri: 'counter://other' });
    for (const uri of ['counter://n', 'counter://other']) {
      expect(await first.json('touch', { uri })).toEqual({ sent: true });
    }
    expect(await first.heardOf('notifications/resources/updated')).toEqual({ uri: 'counter://n' });
    expect((await stream?.message())?.message.params).toEqual({ uri: 'counter://other' });

    const gate = join(host.folder, 'stopped');
    const running = second.call('count', { gate });
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    // On the page of the host.
    const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
    const stop = () => host.fetch(`/api/mcp/sessions/${session_id}/sharing`, host.adminKey, { method: 'DELETE' });
    expect(await stop()).toMatchObject({ sharing: null });
    expect((await running).message).toContain('its outcome is unknown');
    writeFileSync(`${gate}.go`, '');
    await expect.poll(() => existsSync(`${gate}.done`)).toBe(true);
    const fresh = json(await second.call('count'));
    expect([fresh.n, fresh.pid === pid]).toEqual([1, false]);
    expect(json(await second.call('state')), 'what it wanted it still has').toMatchObject({
      subscriptions: ['counter://other'],
    });
    expect(await first.json('peek')).toEqual({ n: 2, pid });
    expect(await first.json('state'), 'what only the other one wanted is undone').toMatchObject({
      subscriptions: ['counter://n'],
    });
    expect(await stop(), 'without sharing, nothing changes').toMatchObject({ sharing: null });
    stream?.cut();
    await first.vanish();
  }, 60_000);

  test('by an invitation, which works once; what the connection had before is given up', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await raw(owner, '/mcp');
    const { pid } = json(await first.call('counter__count'));
    const second = await raw(heir, '/mcp');
    const before = json(await second.call('counter__count'));
    const { invitation, session } = await share('host', true);
    const join = () =>
      second.call('reconnect_session', { session_id: session.session_id, reconnect_token: invitation });
    const { structuredContent: joined } = await join();
    expect(joined).toMatchObject({ success: true, message: expect.stringContaining('shared') });
    const [own] = await host.sessions(heir.key);
    expect(joined.session_id).toBe(own?.session_id);
    const count = await second.call('counter__count');
    expect(json(count)).toEqual({ n: 2, pid });
    expect(count.content[1].text, 'a model that has left a state behind is told').toContain('because sharing began');
    await expect.poll(() => runs(before.pid)).toBe(false);
    expect(textOf(await join())).toMatch(/^token_reused/);
    const back = await second.call('reconnect_session', {
      session_id: joined.session_id,
      reconnect_token: joined.reconnect_token,
    });
    expect(back.structuredContent.success).toBe(true);
    await host.fetch(`/api/mcp/sessions/${session.session_id}/sharing`, host.adminKey, { method: 'DELETE' });
    const alone = await second.call('counter__count');
    expect(json(alone).n).toBe(1);
    expect(alone.content[1].text, 'also when it is stopped on the page of the host').toContain('because sharing');
  }, 60_000);

  test('while Holdfast is killed in the middle: the sharing is there again, and each gets its answer once', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await askable(host, owner);
    const { pid } = json(await first.call('count'));
    await share();
    const second = await raw(heir);
    await second.call('peek');
    const gates = ['killed-first', 'killed-second'].map((gate) => join(host.folder, gate));
    const begun: [McpHttp, string | null][] = [];
    for (const [at, client] of [first, second].entries()) {
      const { stream } = await client.request('tools/call', { name: 'count', arguments: { gate: gates[at] } });
      begun.push([client, await beginOf(stream)]);
      await expect.poll(() => existsSync(`${gates[at]}.here`)).toBe(true);
    }
    await host.kill();
    for (const gate of gates) {
      writeFileSync(`${gate}.go`, '');
      await expect.poll(() => existsSync(`${gate}.done`)).toBe(true);
    }
    await host.start();
    const answers: Json[] = [];
    for (const [client, id] of begun) {
      const events = (await (await client.get(id)).stream?.rest()) ?? [];
      answers.push(...events.flatMap(({ data }) => (data ? [json(JSON.parse(data).result)] : [])));
    }
    expect(answers, 'in the order of the gates').toEqual([
      { n: 2, pid },
      { n: 3, pid },
    ]);
    for (const client of [first, second]) expect(json(await client.call('peek'))).toEqual({ n: 3, pid });

    const stream = (await first.get()).stream;
    const asking = (await second.request('tools/call', { name: 'ask', arguments: {} })).stream;
    const begin = await beginOf(asking);
    const question = await stream?.message();
    await host.kill();
    await host.start();
    const goesOn = (await first.get(question?.id)).stream;
    const answer = { jsonrpc: '2.0', id: question?.message.id, result: { action: 'accept', content: {} } };
    for (const _ of ['once', 'and again, which is too much']) await first.post(answer);
    const asked = (await (await second.get(begin)).stream?.rest())?.findLast(({ data }) => data)?.data;
    expect(json(JSON.parse(asked ?? 'null').result)).toEqual(answer.result);
    goesOn?.cut();

    await first.delete();
    await host.kill();
    await host.start();
    expect(json(await second.call('count')), 'who stays has the servers, also after that').toEqual({ n: 4, pid });
  }, 60_000);

  test('while Holdfast is killed: what its server made a task for the guest goes on', async ({
    host,
    owner,
    share,
    heir,
    raw,
  }) => {
    const first = await raw(owner, '/mcp');
    await first.call('tasks__plain');
    await share();
    const second = await raw(heir, '/mcp');
    const listed = (await second.request('tools/list')).stream;
    await listed?.rest();
    const { stream } = await second.request('tools/call', { name: 'tasks__must', arguments: { text: 'guest' } });
    const begin = await beginOf(stream);
    await expect.poll(async () => textOf(await first.call('tasks__statuses'))).toContain('working');
    await host.kill();
    await host.start();
    const said = (await (await second.get(begin)).stream?.rest())?.findLast(({ data }) => data)?.data;
    const [, handle] = /handle "(h_[^"]+)"/.exec(textOf(JSON.parse(said ?? 'null').result)) ?? [];
    const waiting = second.call('get_result', { handle });
    await expect.poll(async () => textOf(await first.call('tasks__finish', { text: 'guest' }))).toBe('1');
    expect(textOf(await waiting)).toBe('guest');
  }, 60_000);

  test.for([
    ['before anything was moved', false],
    ['when all was moved, and nobody told', true],
  ] as const)(
    'killed in the moment in which the other one joined, %s: what that one had called fails at once',
    { timeout: 60_000 },
    async ([when, heard], { host, owner, heir, share, raw }) => {
      const first = await raw(owner, '/mcp');
      const { pid } = json(await first.call('counter__count'));
      const second = await raw(heir, '/mcp');
      const before = json(await second.call('counter__count'));
      await second.request('resources/subscribe', { uri: clientUri('counter', 'counter://other') });
      const gate = join(host.folder, `joined ${when}`);
      const { stream } = await second.request('tools/call', { name: 'counter__count', arguments: { gate } });
      const begin = await beginOf(stream);
      await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
      const { invitation, session } = await share('host', true);
      await host.dieAt('sharing_started', heard);
      const token = { session_id: session.session_id, reconnect_token: invitation };
      await second.call('reconnect_session', token).catch(() => {});
      await host.died();
      await host.start();

      const since = performance.now();
      const [answer, ...more] = await messagesOf((await second.get(begin)).stream);
      expect([answer.error?.message, more]).toEqual([expect.stringMatching(/outcome (of the call )?is unknown/), []]);
      expect(performance.now() - since).toBeLessThan(5_000);
      await expect.poll(() => runs(before.pid)).toBe(false);
      const next = await second.call('counter__count');
      expect(json(next)).toEqual({ n: 2, pid });
      expect(json(await second.call('counter__state')), 'what it wanted it still has').toMatchObject({
        subscriptions: ['counter://other'],
      });
    },
  );

  test('killed while one is asked: the other one is asked when that one has left', async ({
    host,
    owner,
    heir,
    share,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await askable(host, heir);
    await second.call('peek');
    const asked = (await first.get()).stream;
    const asking = (await second.request('tools/call', { name: 'ask', arguments: {} })).stream;
    const begin = await beginOf(asking);
    expect((await asked?.message())?.message).toMatchObject({ method: 'elicitation/create' });
    await host.kill();
    await host.start();
    const stream = (await second.get()).stream;
    await first.delete();
    const again = (await stream?.message())?.message;
    expect(again).toMatchObject({ method: 'elicitation/create', params: { message: 'Which colour?' } });
    const answer = { action: 'accept', content: { colour: 'red' } };
    await second.post({ jsonrpc: '2.0', id: again.id, result: answer });
    expect(json((await messagesOf((await second.get(begin)).stream)).at(-1).result)).toEqual(answer);
    stream?.cut();
  }, 60_000);

  test('killed as one leaves that is asked: the other one is asked after the start', async ({
    host,
    owner,
    heir,
    share,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await askable(host, heir);
    await second.call('peek');
    const asked = (await first.get()).stream;
    const begin = await beginOf((await second.request('tools/call', { name: 'ask', arguments: {} })).stream);
    expect((await asked?.message())?.message).toMatchObject({ method: 'elicitation/create' });
    await host.dieAt('sharing_ended', false);
    await first.delete().catch(() => {});
    await host.died();
    await host.start();
    const stream = (await second.get()).stream;
    const again = (await stream?.message())?.message;
    await second.post({ jsonrpc: '2.0', id: again.id, result: { action: 'decline' } });
    expect(json((await messagesOf((await second.get(begin)).stream)).at(-1).result)).toEqual({ action: 'decline' });
    stream?.cut();
  }, 60_000);

  test.for([
    ['while Holdfast runs', false],
    ['in the moment of a kill', true],
  ] as const)(
    'stopped %s, while the guest has no connection: what it wanted is kept, and it is told at its next call',
    { timeout: 60_000 },
    async ([, isKilled], { host, owner, heir, share, raw }) => {
      const first = await raw(owner, '/mcp');
      const { pid } = json(await first.call('counter__count'));
      await share();
      const second = await raw(heir, '/mcp');
      expect(json(await second.call('counter__peek')).pid).toBe(pid);
      await second.request('resources/subscribe', { uri: clientUri('counter', 'counter://other') });
      await host.kill();
      await host.start();

      const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
      const stop = () => host.fetch(`/api/mcp/sessions/${session_id}/sharing`, host.adminKey, { method: 'DELETE' });
      if (isKilled) {
        await host.dieAt('sharing_ended', false);
        await stop().catch(() => {});
        await host.died();
        await host.start();
      } else await stop();
      const next = await second.call('counter__count');
      expect(json(next).n).toBe(1);
      expect(next.content[1]?.text, 'its model is told').toContain('because sharing began or ended');
      expect(json(await second.call('counter__state'))).toMatchObject({ subscriptions: ['counter://other'] });
      await first.call('counter__peek');
      expect(json(await first.call('counter__state')), 'what only the guest wanted').toMatchObject({
        subscriptions: [],
      });
    },
  );
});
