import type { ServerTest } from '../../shared/contract/server';
import { said } from '../../shared/messages/said';
import { type Ms, SECOND } from '../../shared/model/units';
import { isObject, type Params } from '../mcp/json-rpc';
import { within } from '../platform/deadline';
import { randomText } from '../platform/random-text';
import { connectTo } from './instance/connect';
import { ownInitializeParams, requestInitialize } from './instance/handshake';
import type { UpstreamDeps } from './instance/instance-owner';
import { NOTHING_BEHIND } from './instance/instance-row';
import { OwnRequests } from './instance/own-requests';
import { withoutSecrets } from './redaction';
import type { ServerConnection } from './server-connection';
import type { ServerConfig } from './upstream-ports';

/** For connecting, initializing and listing together. */
const LIMIT: Ms = 25 * SECOND;
const LIST_LIMIT: Ms = 10 * SECOND;
const MAX_PAGES = 20;
const TAIL = 20;

type Outcome = Omit<ServerTest, 'duration_ms' | 'stderr_tail'>;
const NOTHING: Outcome = {
  ok: false,
  error: null,
  server_info: null,
  protocol_version: null,
  tools: [],
  resources: 0,
  prompts: 0,
};

/**
 * Starts a server apart from all sessions, asks it to list what it offers, and stops it. Takes at most 30 s. Never
 * rejects: a failure is in the result, without secrets.
 */
export async function testServer(config: ServerConfig, deps: UpstreamDeps): Promise<ServerTest> {
  const { clock, timers, random } = deps;
  const startedAt = clock.monotonic();
  let connection: ServerConnection | null = null;
  const safe = (text: string) => withoutSecrets(text, config.target);
  const own = new OwnRequests((message) => connection?.send(message), timers, deps.callIds, safe);
  let isOver = false;
  const connecting = connectTo(config, { ...NO_RECORD, instance_id: `test_${randomText(random, 9)}` }, deps).then(
    (made) => {
      if (isOver) void made.close();
      else connection = made;
      made.onmessage = (message) => void own.take(message);
      made.onclose = ({ sentence }) => own.failAll(new Error(sentence));
      made.listen();
      return made;
    },
  );
  const asking = connecting.then(() => ask(own, deps.version));
  const outcome = await within(timers, LIMIT, asking, () => new Error(said('said.server.no_answer_at_all'))).catch(
    (error: Error): Outcome => ({ ...NOTHING, error: safe(error.message) }),
  );
  asking.catch(() => {});
  isOver = true;
  const made = connection as ServerConnection | null;
  const stderr_tail = ((await made?.stderr().catch(() => [])) ?? []).slice(-TAIL).map(safe);
  await made?.close();
  return { ...outcome, duration_ms: clock.monotonic() - startedAt, stderr_tail };
}

async function ask(own: OwnRequests, version: string): Promise<Outcome> {
  const result = await requestInitialize(own, ownInitializeParams(version), LIMIT);
  const list = (method: string, key: string) => listAll(own, method, key);
  const { capabilities, serverInfo, protocolVersion } = result;
  const tools = 'tools' in capabilities ? await list('tools/list', 'tools') : [];
  const resources = 'resources' in capabilities ? await list('resources/list', 'resources') : [];
  const prompts = 'prompts' in capabilities ? await list('prompts/list', 'prompts') : [];
  return {
    ok: true,
    error: null,
    protocol_version: protocolVersion,
    server_info: { name: String(serverInfo.name ?? ''), version: String(serverInfo.version ?? '') },
    tools: tools.map((tool) => (isObject(tool) ? String(tool.name) : '')),
    resources: resources.length,
    prompts: prompts.length,
  };
}

async function listAll(own: OwnRequests, method: string, key: string): Promise<unknown[]> {
  const items: unknown[] = [];
  const cursors = new Set<unknown>(['']);
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params: Params = cursor === undefined ? {} : { cursor };
    const result = await own.ask(method, params, LIST_LIMIT);
    if (!isObject(result)) throw new Error(`answered ${method} without ${key}`);
    const listed = result[key];
    items.push(...(Array.isArray(listed) ? listed : []));
    cursor = result.nextCursor;
    // Some servers end with an empty cursor, and some never end.
    if (typeof cursor !== 'string' || cursors.has(cursor)) break;
    cursors.add(cursor);
  }
  return items;
}

const NO_RECORD = {
  server: '',
  session_key: null,
  fingerprint: '',
  initialize_params: null,
  client_settings: {},
  started_at: 0,
  restarts: 0,
  ...NOTHING_BEHIND,
};
