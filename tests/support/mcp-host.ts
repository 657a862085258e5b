import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createMcpFront, type McpFrontOptions } from '../../src/main/endpoint/mcp/front';
import { systemClock, systemRandom, systemTimers } from '../../src/main/platform/node';
import type { Services } from '../../src/main/services';
import { ClientRegistry } from '../../src/main/sessions/clients';
import { EventBus } from '../../src/main/sessions/event-bus';
import { SessionManager } from '../../src/main/sessions/manager';
import { ReconnectTokens } from '../../src/main/sessions/reconnect-tokens';
import { Store } from '../../src/main/store/store';
import type { Client, ClientPolicy } from '../../src/shared/contract/client';
import type { HoldfastEvent } from '../../src/shared/contract/event';
import { DEFAULT_POLICY } from '../../src/shared/model/policy';
import type { FakeClock } from './fake-clock';

export interface McpHostOptions {
  /** Data folder of a host that was stopped or killed, to go on with. */
  readonly folder?: string;
  /** Time moves only by hand. */
  readonly clock?: FakeClock;
  readonly front?: (services: Services) => McpFrontOptions;
}

/** A key and its client. */
export interface Holder {
  readonly key: string;
  readonly client: Client;
}

export interface McpHost {
  readonly services: Services;
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Log lines so far, as text. */
  readonly log: () => string;
  newClient(policy?: ClientPolicy): Holder;
  /** Resolves when the next answer to a GET or POST is over at our end, whoever ended it. Ask before you end one. */
  answerClosed(method: 'GET' | 'POST'): Promise<void>;
  eventsOf(sessionId: string): HoldfastEvent[];
  /** Stops in order. The data folder stays. */
  stop(): Promise<void>;
  /** Lets go of everything at once, without a word to anybody, as if the process had been killed. */
  kill(): Promise<void>;
}

const SECRET = new Uint8Array(32).fill(7);

/**
 * The supervisor's parts around the MCP front on a real socket and a real database, and nothing else: keys are checked, but
 * no hosts or origins.
 */
export async function startMcpHost(options: McpHostOptions = {}): Promise<McpHost> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'holdfast-mcp-'));
  const clock = options.clock ?? systemClock;
  const timers = options.clock ?? systemTimers;
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const store = Store.open({ folder, now: () => clock.now(), log });
  const tokens = await ReconnectTokens.create(SECRET, { clock, random: systemRandom, policy: DEFAULT_POLICY });
  const bus = new EventBus((error) => log.error({ err: error }, 'an event listener failed'));
  const { repository } = store;
  const shared = { repository, bus, clock, random: systemRandom };
  const manager = new SessionManager({ ...shared, timers, tokens, onProblem: (error) => log.warn({ err: error }) });
  const clients = new ClientRegistry({
    ...shared,
    clients: store.clients,
    transaction: (work) => store.transaction(work),
  });
  manager.recover(clock.now());
  const startedAt = clock.now();
  const services: Services = {
    ...{ store, bus, manager, clients, clock, timers, random: systemRandom, log },
    info: () => ({
      name: 'Holdfast',
      version: '0.0.0-test',
      url: '',
      data_folder: folder,
      pid: process.pid,
      started_at: startedAt,
      epoch: 'test',
      seq: store.events.newestSeq(),
      token_life_minutes: 15,
      notices: [],
    }),
  };
  const front = createMcpFront(services, options.front?.(services));
  const closed = new EventEmitter();
  const server = createServer((req, res) => {
    res.once('close', () => closed.emit(req.method ?? ''));
    const client = clients.authenticate(req.headers.authorization?.replace('Bearer ', '') ?? '');
    if (client) front.handle(req, res, client);
    else res.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  let isOver = false;
  return {
    ...{ services, port, folder },
    url: `http://127.0.0.1:${port}/mcp`,
    log: () => lines.join(''),
    newClient(policy = 'sessionful') {
      const { client_id, client_key } = clients.create({ name: 'test', type: 'other', policy });
      return { key: client_key, client: clients.get(client_id) };
    },
    answerClosed: (method) => new Promise((resolve) => closed.once(method, () => resolve())),
    eventsOf: (session_id) => store.events.timeline({ session_id, limit: 500 }).events.reverse(),
    async stop() {
      if (isOver) return;
      isOver = true;
      manager.prepareStop();
      await front.close();
      await closeServer(server);
      manager.stop();
      store.close();
    },
    async kill() {
      if (isOver) return;
      isOver = true;
      // From here on the old front is like a dead process: what it still does must not reach the database.
      store.close();
      await closeServer(server);
    },
  };
}

/** Removes the data folder of hosts that are over. */
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
