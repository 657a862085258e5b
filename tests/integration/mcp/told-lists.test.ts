import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { type Answer, type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs, listing } from '#tests/support/servers/configs';
import { type Asked, sendEvent, sendJson, startEvents, startScripted } from '#tests/support/servers/scripted-http';
import { startScriptedSse } from '#tests/support/servers/scripted-sse';

/**
 * A session is told of a list exactly if it would be listed something else than before: at every address, in both eras, whatever
 * kind of server announces it, the first announcement included.
 */

const PATIENT = { timeout: 20_000 };
const VERSION = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';
const LISTS = ['tools', 'prompts', 'resources'] as const;
type List = (typeof LISTS)[number];

const tool = (name: string, title: string) => ({ name, title, inputSchema: { type: 'object' } });
/** What a server lists: a tool that some do not see, one that all see, and a prompt. */
const says = (t: string, u: string, p: string) => ({
  tools: [tool('announce', ''), tool('t', t), tool('u', u)],
  prompts: [{ name: 'p', title: p }],
});
type Says = ReturnType<typeof says>;

/** A server whose lists a test changes. */
interface Changing {
  readonly config: ServerConfig;
  say(says: Says): void;
  /** How often a list of tools was asked for. */
  asked(): number;
  /** Has the server say that a list has changed, to all who are connected. */
  announce(list: List, chats: readonly Chat[]): Promise<void>;
}

interface Chat {
  readonly sees: 'all' | 'not t';
  readonly told: List[];
  names(): Promise<string[]>;
  call(name: string, args?: object): Promise<void>;
}

const answerOf = async ({ json, stream }: Answer): Promise<Json> =>
  json ?? JSON.parse((await stream?.rest())?.findLast(({ data }) => data)?.data ?? 'null');

function toldOn(stream: SseReader | null): List[] {
  const told: List[] = [];
  void (async () => {
    for (let said = await stream?.message(); said; said = await stream?.message()) {
      const list = /^notifications\/(\w+)\/list_changed$/.exec(String(said.message.method))?.[1];
      if (list) told.push(list as List);
    }
  })().catch(() => {});
  return told;
}

async function open(host: McpHost, holder: Holder, path: string, sees: Chat['sees']): Promise<Chat> {
  const mcp = new McpHttp({ url: host.url + path }, holder.key);
  const isModern = holder.client.policy === 'stateless';
  const ask = (method: string, params: Json = {}): Promise<Answer> => {
    return isModern ? mcp.post(...statelessRequest(method, params)) : mcp.request(method, params);
  };
  const names = async (method = 'tools/list') => {
    const { result } = await answerOf(await ask(method));
    return (result[method.split('/')[0] ?? ''] as Json[]).map(({ name }) => String(name).replace('one__', ''));
  };
  if (!isModern) await mcp.initialize();
  await expect.poll(() => names(), PATIENT).toContain('u');
  await expect.poll(() => names('prompts/list'), PATIENT).toContain('p');
  const prefix = path === '/one' ? '' : 'one__';
  const call = async (name: string, args = {}) => {
    await answerOf(await ask('tools/call', { name: prefix + name, arguments: args }));
  };
  // Whatever a session has of its own is up now.
  await call('u');
  await names();
  await names('prompts/list');
  const notifications = Object.fromEntries(LISTS.map((list) => [`${list}ListChanged`, true]));
  const { stream } = isModern ? await ask('subscriptions/listen', { notifications }) : await mcp.get();
  return { sees, told: toldOn(stream), names, call };
}

/** Answers what every scripted server answers; null for a request that it does not know. */
function resultOf({ method }: Json, now: Says): object | null {
  const listChanged = { listChanged: true };
  const capabilities = { tools: listChanged, prompts: listChanged };
  const serverInfo = { name: 'one', version: '1' };
  const complete = { resultType: 'complete' };
  if (method === 'initialize') return { protocolVersion: '2025-11-25', capabilities, serverInfo };
  if (method === 'server/discover') return { ...complete, supportedVersions: [VERSION], capabilities, ttlMs: 0 };
  if (method === 'tools/list') return { ...complete, tools: now.tools };
  if (method === 'prompts/list') return { ...complete, prompts: now.prompts };
  return method === 'tools/call' ? { ...complete, content: [] } : null;
}

const reply = (body: Json, now: Says) => {
  const result = resultOf(body, now);
  const error = { code: -32601, message: 'no' };
  return { jsonrpc: '2.0', id: body.id, ...(result ? { result } : { error }) };
};
const announcement = (list: List) => ({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` });
const countOf = (asked: readonly Asked[]) => asked.filter(({ body }) => body?.method === 'tools/list').length;

const KINDS: Readonly<Record<string, (folder: string, first: Says) => Promise<Changing & { stop?(): unknown }>>> = {
  'over stdio': async (folder, first) => stdio(folder, first, {}),
  'over stdio, one for all': async (folder, first) => stdio(folder, first, { policy: 'shared' }),
  'over HTTP with sessions': async (_, first) => {
    let now = first;
    const streams = new Set<ServerResponse>();
    const server = await startScripted(({ method, body }, res) => {
      if (method === 'GET') {
        startEvents(res);
        streams.add(res);
      } else if (body?.method === 'initialize') sendJson(res, 200, reply(body, now), { 'mcp-session-id': 'session' });
      else if (body?.id === undefined || body.method === 'server/discover') res.writeHead(body?.id ? 400 : 202).end();
      else sendJson(res, 200, reply(body, now));
    });
    return {
      config: { ...counter('one'), target: { kind: 'http', url: server.url, headers: {} }, fingerprint: server.url },
      say: (said) => {
        now = said;
      },
      asked: () => countOf(server.asked),
      announce: async (list) => {
        for (const res of streams) sendEvent(res, null, announcement(list));
      },
      stop: server.stop,
    };
  },
  'over HTTP+SSE': async (_, first) => {
    let now = first;
    const server = await startScriptedSse({
      post: ({ body }, res, { say }) => {
        res.writeHead(202).end();
        if (body.id !== undefined) say(reply(body, now));
      },
    });
    return {
      config: {
        ...counter('one', { policy: 'shared' }),
        target: { kind: 'http', url: server.url, headers: {}, sse: true },
        fingerprint: server.url,
      },
      say: (said) => {
        now = said;
      },
      asked: () => countOf(server.posted),
      announce: async (list) => server.say(announcement(list)),
      stop: server.stop,
    };
  },
  'over HTTP without sessions': async (_, first) => {
    let now = first;
    const streams = new Map<ServerResponse, Json>();
    const server = await startScripted(({ body }, res) => {
      if (body === null) {
        res.writeHead(405).end();
        return;
      }
      if (body.method !== 'subscriptions/listen') {
        // Nothing that announces a change belongs here, but servers do as they like.
        if (body.method === 'tools/call') {
          startEvents(res);
          sendEvent(res, null, announcement('tools'));
          sendEvent(res, null, reply(body, now));
          res.end();
        } else sendJson(res, 200, reply(body.method === 'initialize' ? { id: body.id } : body, now));
        return;
      }
      startEvents(res);
      const { notifications } = body.params;
      const _meta = { [`${PREFIX}subscriptionId`]: body.id };
      const method = 'notifications/subscriptions/acknowledged';
      sendEvent(res, null, { jsonrpc: '2.0', method, params: { notifications, _meta } });
      streams.set(res, _meta);
      res.once('close', () => streams.delete(res));
    });
    return {
      config: { ...counter('one'), target: { kind: 'http', url: server.url, headers: {} }, fingerprint: server.url },
      say: (said) => {
        now = said;
      },
      asked: () => countOf(server.asked),
      announce: async (list) => {
        for (const [res, _meta] of streams) sendEvent(res, null, { ...announcement(list), params: { _meta } });
      },
      stop: server.stop,
    };
  },
};

function stdio(folder: string, first: Says, entry: Partial<ServerConfig>): Changing {
  const file = join(folder, 'one.json');
  const say = (now: Says) => writeFileSync(file, JSON.stringify(now));
  say(first);
  return {
    config: listing('one', file, entry),
    say,
    asked: () => (existsSync(`${file}.asked`) ? readFileSync(`${file}.asked`, 'utf8').split('tools/list\n').length : 0),
    announce: async (what, chats) => {
      for (const chat of chats) await chat.call('announce', { what });
    },
  };
}

const test = mcpTest
  .extend('start', ({ folder }, { onCleanup }) => async (kind: string, first: Says) => {
    const make = KINDS[kind];
    if (!make) throw new Error(`there is no server ${kind}`);
    const server = await make(folder, first);
    onCleanup(async () => {
      await server.stop?.();
    });
    return server;
  })
  .extend('chats', ({ startHost }) => async (server: Changing) => {
    const host = await startHost({ servers: new ListedConfigs(server.config) });
    const { visibility } = host.services;
    visibility.saveSet('some', [{ server: 'one', kind: null, name: null }], null);
    // Before anybody has listed, lists are empty and then others. This is about what comes after.
    await open(host, host.newClient(), '', 'all');
    const chats: Record<string, Chat> = {};
    for (const policy of ['sessionful', 'stateless'] as const) {
      for (const path of ['', '/one', '/set/some']) {
        for (const sees of ['all', 'not t'] as const) {
          const holder = host.newClient(policy);
          const { client_id } = holder.client;
          if (sees === 'not t')
            visibility.setShown({ client_id, parts: [{ server: 'one', kind: 'tool', name: 't' }], shown: false });
          chats[`${policy} ${path} ${sees}`] = await open(host, holder, path, sees);
        }
      }
    }
    return { host, chats };
  });

const toldBy = (chats: Record<string, Chat>) =>
  Object.fromEntries(Object.entries(chats).map(([name, { told }]) => [name, [...told]]));

test.for(Object.keys(KINDS))('a server %s', { timeout: 120_000 }, async (kind, { start, chats: openAll }) => {
  const server = await start(kind, says('1', '1', '1'));
  const { host, chats } = await openAll(server);
  const all = Object.values(chats);
  const expected = (told: (sees: Chat['sees']) => List[]) =>
    Object.fromEntries(Object.entries(chats).map(([name, { sees }]) => [name, told(sees)]));

  const asked = server.asked();
  await server.announce('tools', all);
  await expect.poll(server.asked, { ...PATIENT, message: 'it is looked at' }).toBeGreaterThan(asked);

  server.say(says('2', '1', '1'));
  await server.announce('tools', all);
  const seen = (times: number) =>
    Object.fromEntries(Object.entries(chats).flatMap(([name, { sees }]) => (sees === 'all' ? [[name, times]] : [])));
  const toldSo = () =>
    Object.fromEntries(
      Object.entries(chats).flatMap(([name, { sees, told }]) => (sees === 'all' ? [[name, told.length]] : [])),
    );
  await expect.poll(toldSo, PATIENT).toEqual(seen(1));

  server.say(says('2', '2', '1'));
  await server.announce('tools', all);
  for (const { told } of all) await expect.poll(() => told, PATIENT).not.toEqual([]);
  await expect.poll(toldSo, PATIENT).toEqual(seen(2));

  // A rule counts like a change of the server: for something that it lists, and nothing else.
  const { visibility } = host.services;
  for (const name of ['nobody', 'u']) {
    visibility.setShown({ client_id: null, parts: [{ server: 'one', kind: 'tool', name }], shown: false });
  }
  const told = (sees: Chat['sees']): List[] => (sees === 'all' ? ['tools', 'tools', 'tools'] : ['tools', 'tools']);
  await expect.poll(() => toldBy(chats), PATIENT).toEqual(expected(told));

  server.say(says('2', '2', '2'));
  await server.announce('prompts', all);
  await expect.poll(() => toldBy(chats), PATIENT).toEqual(expected((sees) => [...told(sees), 'prompts']));
  for (const chat of all) expect(await chat.names()).not.toContain('u');
});
