import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import type { Offered, Session, SharingRole } from '#src/shared/contract/session';
import { bundled } from '#tests/support/bundle';
import { initializeRequest, type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import {
  REAL_CLIENTS,
  type RealClient,
  type RealClientKind,
  statelessClient,
} from '#tests/support/clients/real-clients';
import { disposing, makeFolder, removeFolder } from '#tests/support/fixtures';
import { COUNTER, TASK_SERVER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { Gate } from '#tests/support/servers/gate';
import { MatrixHost } from './host';

/** What the old client is told, whichever way. */
export const WHERE = /This session went on in Cursor .* with what they hold/;

const [SDK_V1, SDK_V2] = REAL_CLIENTS as readonly [RealClientKind, RealClientKind];

/** How a real client of each kind connects. */
const KINDS = {
  v1: SDK_V1.connect,
  v2: SDK_V2.connect,
  /** Without MCP sessions. */
  modern: statelessClient,
} as const;

type ServerName = keyof ReturnType<typeof serversIn>;

/** Somebody with a key. */
export interface Party {
  readonly key: string;
  readonly id: string;
}

/** How a session is offered. */
interface Offering {
  /** By default the client that may have it. */
  readonly to?: Party;
  readonly invited?: boolean;
  /** Its servers are shared, and this one of the two is asked; otherwise it goes over. */
  readonly share?: SharingRole;
}

/**
 * Tests in which the session of one client (`owner`) goes to another one (`heir`), or is shared with it: one Holdfast for all,
 * as a process that can be killed, with stateful servers. Each test has clients of its own.
 */
export const takingOverTest = base
  .extend('program', { scope: 'file' }, bundled(join(import.meta.dirname, '../programs/jumping-host.ts')))
  /** The servers that there are: one that cannot be listed holds up a list of all. */
  .extend('servers', { scope: 'file' }, ['counter'] as readonly ServerName[])
  .extend('host', { scope: 'file' }, async ({ program, servers }, { onCleanup }) => {
    const folder = makeFolder();
    const all = serversIn(folder);
    const mcpServers = Object.fromEntries(servers.map((name) => [name, all[name]]));
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
    const host = new MatrixHost(program, folder);
    onCleanup(async () => {
      await host.kill();
      await endServers(folder);
      removeFolder(folder);
    });
    await host.start();
    return host;
  })
  .extend('party', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (name: string, mayTakeOver: boolean, policy?: ClientPolicy): Promise<Party> => {
        const key = await host.newKey(name, policy);
        const id = (await host.clientId(name)) ?? '';
        const body = JSON.stringify({ may_take_over: mayTakeOver });
        await host.fetch(`/api/mcp/clients/${id}`, host.adminKey, { method: 'PATCH', body });
        return { key, id };
      },
      // Their names are looked up, so the ones of the test before must be gone.
      ({ id }) => host.fetch(`/api/mcp/clients/${id}`, host.adminKey, { method: 'DELETE' }),
    ),
  )
  .extend('owner', ({ party }) => party('Claude', false))
  .extend('heir', ({ party }) => party('Cursor', true))
  /** Offers the newest session of a client to another one. */
  .extend('offerOf', ({ host, heir }) => async (from: Party, how: Offering = {}): Promise<Offered> => {
    const [session] = await host.sessions(from.key);
    const { to = heir, invited = false, share } = how;
    const body = { client_id: to.id, invited, ...(share === undefined ? {} : { share }) };
    return (await host.admin(`/api/mcp/sessions/${session?.session_id}/offer`, body)) as Offered;
  })
  .extend(
    'offer',
    ({ owner, offerOf }) =>
      (how?: Offering) =>
        offerOf(owner, how),
  )
  .extend(
    'share',
    ({ offer }) =>
      (share: SharingRole = 'host', invited = false) =>
        offer({ share, invited }),
  )
  /** A client that shows every byte. */
  .extend('raw', ({ host }) => async ({ key }: Party, path = '/mcp/counter'): Promise<McpHttp> => {
    const client = new McpHttp({ url: `${host.url}${path}` }, key);
    await client.initialize();
    return client;
  })
  /** A real client, which leaves at the end. */
  .extend('connect', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      (kind: keyof typeof KINDS, { key }: Party, path = '/mcp/counter'): Promise<RealClient> =>
        KINDS[kind](`${host.url}${path}`, key),
      (client) => client.vanish(),
    ),
  )
  .extend(
    'gate',
    ({ host }) =>
      (name: string): Gate =>
        new Gate(host.folder, name),
  );

/** The servers of these tests, each of which counts for itself. */
function serversIn(folder: string) {
  const counter = { command: process.execPath, args: [COUNTER] };
  const withEnv = (env: Record<string, string>) => ({ ...counter, env });
  return {
    counter,
    // Its tools have the same names.
    twin: counter,
    // Starts when the gate of its name is open.
    slow: withEnv({ COUNTER_GATE: join(folder, 'slow-start'), COUNTER_STARTS: startsOf(folder, 'slow') }),
    // Lists when the gate of its name is open.
    listing: withEnv({ COUNTER_LIST_GATE: join(folder, 'listing') }),
    // Does not start while the file of its name is there.
    broken: withEnv({ COUNTER_FAIL_WHILE: join(folder, 'broken'), COUNTER_STARTS: startsOf(folder, 'broken') }),
    tasks: { command: process.execPath, args: [TASK_SERVER] },
  };
}

/** The file that gets a line at each start of the server. */
export const startsOf = (folder: string, server: 'slow' | 'broken'): string => join(folder, `${server}-starts`);

/** A client that shows every byte, and says that it can be asked. */
export async function askable(host: MatrixHost, { key }: Party, path = '/mcp/counter'): Promise<McpHttp> {
  const client = new McpHttp({ url: `${host.url}${path}` }, key);
  const hello = initializeRequest('2025-11-25');
  const answer = await client.post({ ...hello, id: 0, params: { ...hello.params, capabilities: { elicitation: {} } } });
  client.transportId = answer.headers.get('mcp-session-id');
  await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return client;
}

/** The first id on a stream, from which it can go on. */
export async function beginOf(stream: SseReader | null): Promise<string | null> {
  for (let event = await stream?.next(); event; event = await stream?.next()) if (event.id) return event.id;
  return null;
}

/** The messages on a stream until its end. */
export const messagesOf = async (stream: SseReader | null): Promise<Json[]> =>
  ((await stream?.rest()) ?? []).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));

/** Takes an invitation up in a chat, as its model does. */
export const takeUp = (chat: Pick<McpHttp, 'call'>, { session, invitation }: Offered): Promise<Json> =>
  chat.call('reconnect_session', { session_id: session.session_id, reconnect_token: invitation });

/** What a result says. */
export const textOf = (result: Json): string => result.content[0].text;
/** What a result says, as JSON. */
export const json = (result: Json): Json => JSON.parse(textOf(result));

/** Whether the process runs. */
export const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A client of the old connection is refused with the sentence, whatever it asks. */
export async function expectGone(old: McpHttp): Promise<void> {
  const { status, json: body } = await old.get();
  expect([status, body.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
}

/** The client has this session and no other, as one that it took over, and nobody else has it. */
export async function expectTaken(host: MatrixHost, { key, id }: Party, sessionId: string, from: Party): Promise<void> {
  const mine = (await host.sessions(key)).filter(({ session_id }) => session_id === sessionId);
  expect(mine).toMatchObject([
    { client_id: id, last_reconnect_cause: 'taken_over', offer: null } satisfies Partial<Session>,
  ]);
  expect((await host.sessions(from.key)).filter(({ session_id }) => session_id === sessionId)).toEqual([]);
}
