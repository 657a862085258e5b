import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { test as base } from 'vitest';
import { ActivityLog } from '#src/main/activity/activity-log';
import { ContentsRecorder } from '#src/main/activity/contents/contents-recorder';
import { FailingCallsWatch } from '#src/main/activity/failing-calls';
import { ContentsRecording } from '#src/main/activity/recording';
import { Alerts } from '#src/main/alerts/alerts';
import { ClientProcesses } from '#src/main/clients/client-processes';
import { UnknownKeys } from '#src/main/clients/unknown-keys';
import { ConnectionDesk } from '#src/main/connect/connection-desk';
import { DemoShow } from '#src/main/demo/demo';
import { createMcpFront, type McpFrontOptions } from '#src/main/endpoint/mcp/front';
import { startEndpoint } from '#src/main/endpoint/server';
import { createSignInLinks } from '#src/main/endpoint/web-ui/sign-in';
import { DIRECT } from '#src/main/http-client/network';
import { LongCalls } from '#src/main/long-calls/long-calls';
import { openServers, storedCallIds } from '#src/main/open-servers';
import { FileSecrets } from '#src/main/platform/file-secrets';
import { systemClock, systemRandom, systemTimers } from '#src/main/platform/node';
import { systemProcesses } from '#src/main/platform/process-lookup/system';
import { notPossible } from '#src/main/platform/start-at-login/open';
import type { Services } from '#src/main/services';
import { ClientRegistry } from '#src/main/sessions/clients';
import { EventBus } from '#src/main/sessions/event-bus';
import { SessionManager } from '#src/main/sessions/manager';
import { ReconnectTokens } from '#src/main/sessions/reconnect/reconnect-tokens';
import { Sleeps } from '#src/main/sessions/sleeps';
import { SteadyClock } from '#src/main/sessions/steady-clock';
import { FirstRun } from '#src/main/settings/first-run';
import { SettingDesk } from '#src/main/settings/setting-desk';
import { Store } from '#src/main/store/store';
import type { Supervisor } from '#src/main/supervisor';
import { Telemetry } from '#src/main/telemetry/telemetry';
import { ToolUse } from '#src/main/tool-sets/tool-use';
import { ToolVisibility } from '#src/main/tool-sets/tool-visibility';
import { Updates } from '#src/main/updates/updates';
import type { ServerAdmin } from '#src/main/upstream/config/server-admin';
import type { Logins } from '#src/main/upstream/login/logins';
import type { ServerConfigs } from '#src/main/upstream/upstream-ports';
import { createHandlers } from '#src/main/window-api/handlers';
import type { Client, ClientPolicy } from '#src/shared/contract/client';
import type { HoldfastEvent, NewEvent } from '#src/shared/contract/event';
import type { Server } from '#src/shared/contract/server';
import { said } from '#src/shared/messages/said';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { FakeClock } from '../fake-clock';
import { disposing, folderTest, makeFolder, removeFolder } from '../fixtures';
import { testLogins } from '../login/test-logins';
import { endServers, NO_PROCESS_LIMITS } from '../servers/configs';
import { noServers } from './no-servers';

export interface McpHostOptions {
  /** Data folder of a host that was stopped or killed, to go on with. */
  readonly folder?: string;
  /** Time moves only by hand. */
  readonly clock?: FakeClock;
  readonly front?: (services: Services) => McpFrontOptions;
  /** Servers that sessions can use; see `counter` of `configs.ts`. */
  readonly servers?: ServerConfigs;
}

/** A key and its client. */
export interface Holder {
  readonly key: string;
  readonly client: Client;
}

export interface McpHost {
  readonly services: Supervisor['services'];
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Log lines so far, as text. */
  readonly log: () => string;
  /** The logins of its servers. */
  readonly logins: Logins;
  newClient(policy?: ClientPolicy): Holder;
  /** Resolves when our end of the next answer to a GET or POST is over, whoever ended it. Ask before you end one. */
  answerClosed(method: 'GET' | 'POST'): Promise<void>;
  eventsOf(sessionId: string): HoldfastEvent[];
  /** Stops in order. The data folder stays. */
  stop(): Promise<void>;
  /** Drops everything at once, without a word to anybody, as if the process had been killed. */
  kill(): Promise<void>;
}

const DRAIN = 500;
const NO_SERVERS: ServerConfigs = { list: () => [], onChange: () => () => {} };
const SECRET = new Uint8Array(32).fill(7);

/**
 * The supervisor's parts around the MCP front, with the real endpoint and a real database: what `startSupervisor` makes, but
 * for its timers, and with server channels of the test's own.
 */
export async function startMcpHost(options: McpHostOptions = {}): Promise<McpHost> {
  const folder = options.folder ?? makeFolder();
  const clock = options.clock ?? new SteadyClock(systemClock);
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
    timers,
    clients: store.clients,
    transaction: (work) => store.transaction(work),
  });
  manager.recover(clock.now());
  const startedAt = clock.now();
  const callIds = storedCallIds(store, log);
  const address = { port: 0 };
  const record = (events: readonly NewEvent[]) => bus.publish(store.transaction(() => repository.commit({ events })));
  const logins = await testLogins({ folder, clock, timers, record, port: () => address.port });
  const recording = new ContentsRecording({ kept: store.settings, clock });
  const telemetry = await Telemetry.open({
    settings: store.settings,
    secrets: new FileSecrets(folder),
    version: '0.0.0-test',
    network: DIRECT,
    clock,
    timers: systemTimers,
    random: systemRandom,
    stateNow: () => ({ sessions: store.sessions.health(clock.now()).status_breakdown, servers: [] }),
    url: () => `http://127.0.0.1:${address.port}`,
    log,
  });
  bus.subscribe((events) => telemetry.happened(events));
  const activity = new ActivityLog({
    repository: store.activity,
    clock,
    timers,
    onProblem: () => {},
    contents: new ContentsRecorder(recording, (text) => text),
    onEnded: (row, traceparent) => telemetry.called(row, traceparent),
  });
  store.repository.alongside = () => activity.alongside;
  const longCalls = new LongCalls({
    calls: store.longCalls,
    patience: store.patience,
    clock,
    timers,
    random: systemRandom,
    onProblem: (error) => log.warn({ err: error }, 'what is kept of long calls could not be written'),
  });
  const servers = openServers({
    store,
    bus,
    clock,
    timers,
    random: systemRandom,
    network: DIRECT,
    callIds,
    log,
    configs: options.servers ?? NO_SERVERS,
    folder,
    version: '0.0.0-test',
    limits: NO_PROCESS_LIMITS,
    logins,
    activity,
    sleeps: new Sleeps(),
  });
  await servers.start(clock.now());
  const updates = new Updates({
    key: null,
    version: '0.0.0-test',
    how: said('said.update.source'),
    settings: store.settings,
    network: DIRECT,
    clock,
    timers,
    onProblem: () => {},
  });
  const toolUse = new ToolUse({ repository: store.toolUse, clock, timers, onProblem: () => {} });
  const services: McpHost['services'] = {
    store,
    desk: new SettingDesk({
      given: {},
      kept: store.settings,
      transaction: (work) => store.transaction(work),
      machineBytes: 0,
      onProblem: (sentence) => log.warn(sentence),
    }),
    bus,
    manager,
    clients,
    unknownKeys: new UnknownKeys(clock),
    clientProcesses: new ClientProcesses({ lookup: systemProcesses(), manager, timers: systemTimers, home: homedir() }),
    connections: new ConnectionDesk({
      dataFolder: folder,
      places: { home: folder, platform: process.platform, environment: {} },
      keys: {
        find: (key) => clients.find(key),
        ofClient: notHere,
        create: notHere,
        renew: notHere,
        takeBack: notHere,
        remove: notHere,
      },
      now: () => clock.now(),
      target: notHere,
    }),
    demo: new DemoShow({ timers, url: notHere, create: notHere, remove: notHere, sessionOf: notHere }),
    servers,
    toolUse,
    visibility: new ToolVisibility({
      repository: store.toolSets,
      events: repository,
      transaction: (work) => store.transaction(work),
      bus,
      clock,
      checkClient: (clientId) => clients.get(clientId),
    }),
    clock,
    timers,
    random: systemRandom,
    network: DIRECT,
    callIds,
    activity,
    longCalls,
    failing: new FailingCallsWatch({ reader: store.activity, clock, stateOf: (name) => servers.stateOf(name)?.state }),
    recording,
    telemetry,
    startAtLogin: notPossible(said('said.login_item.not_installed')),
    firstRun: new FirstRun({ kept: store.settings, hasClients: () => true }),
    updates,
    alerts: noAlerts(clock, store),
    log,
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
      retention_hours: 24,
      cli: { command: process.execPath, args: [], env: {} },
      notices: [],
    }),
  };
  let isKilled = false;
  // Timers of a process that is gone do not fire.
  const untilKilled = (work: () => void) => () => {
    if (!isKilled) work();
  };
  const ownTimers: typeof timers = {
    after: (delay, work) => timers.after(delay, untilKilled(work)),
    every: (interval, work) => timers.every(interval, untilKilled(work)),
  };
  const front = createMcpFront({ ...services, timers: ownTimers }, options.front?.(services));
  await front.restore();
  servers.open();
  const closed = new EventEmitter();
  const sockets = new Set<Socket>();
  const serverAdmin: ServerAdmin = {
    ...noServers(folder),
    logIn: (name) => logins.begin(name),
    finishLogin: async (parameters) => ({ name: await logins.finish(parameters) }) as Server,
  };
  const endpoint = await startEndpoint({
    services,
    serverAdmin,
    handlers: createHandlers(services, serverAdmin, { ownPort: () => address.port, restart: null }),
    signIn: createSignInLinks({ tokens: store.uiTokens, clock, random: systemRandom }),
    adminKey: 'hfa_test',
    uiFolder: join(folder, 'no-window'),
    version: '0.0.0-test',
    quit: () => {},
    port: 0,
    front: {
      handle(req, res, client) {
        if (!sockets.has(req.socket)) req.socket.once('close', () => sockets.delete(req.socket));
        sockets.add(req.socket);
        res.once('close', () => closed.emit(req.method ?? ''));
        front.handle(req, res, client);
      },
      close: async () => {
        if (!isKilled) await front.close();
      },
    },
  });

  address.port = endpoint.port;
  servers.warmUp();

  let isOver = false;
  return {
    services,
    folder,
    logins,
    port: endpoint.port,
    url: `${endpoint.url}/mcp`,
    log: () => lines.join(''),
    newClient(policy = 'sessionful') {
      const { client_id, client_key } = clients.create({ name: 'test', type: 'other', policy });
      return { key: client_key, client: clients.get(client_id) };
    },
    answerClosed: (method) => new Promise((resolve) => closed.once(method, () => resolve())),
    eventsOf: (session_id) => store.events.timeline({ session_id, limit: 500 }).events.reverse(),
    async stop() {
      if (isOver) return;
      updates.close();
      isOver = true;
      manager.prepareStop();
      servers.prepareStop();
      await endpoint.close(DRAIN);
      manager.stop();
      await servers.stop();
      longCalls.close();
      activity.close();
      toolUse.close();
      await telemetry.close();
      store.close();
    },
    async kill() {
      if (isOver) return;
      isOver = true;
      isKilled = true;
      // What the front still does must reach neither a client nor the database, as if its process were gone.
      for (const socket of sockets) socket.destroy();
      store.close();
      longCalls.close();
      activity.close();
      toolUse.close();
      await servers.stop();
      await endpoint.close(0);
    },
  };
}

/** Stops a host, ends the servers that were left to the keeper, and removes the data folder. */
async function removeHost(host: McpHost): Promise<void> {
  await host.stop();
  await endServers(host.folder);
  removeFolder(host.folder);
}

/** Tests with a front. `hostOptions` are those of `host`; what `startHost` started is removed at the end. */
export const mcpTest = folderTest
  .extend('startHost', ({}, { onCleanup }) => disposing(onCleanup, startMcpHost, removeHost))
  .extend('clock', () => new FakeClock())
  .extend('hostOptions', {} as McpHostOptions)
  .extend('host', ({ startHost, hostOptions }) => startHost(hostOptions))
  .extend('owner', ({ host }) => host.newClient());

/** The same, with one host that all tests of the file share. */
export const sharedMcpTest = base
  .extend('hostOptions', { scope: 'file' }, {} as McpHostOptions)
  .extend('host', { scope: 'file' }, async ({ hostOptions }, { onCleanup }) => {
    const host = await startMcpHost(hostOptions);
    onCleanup(() => removeHost(host));
    return host;
  })
  .extend('owner', { scope: 'file' }, ({ host }) => host.newClient());

/** These hosts connect no programs. */
const notHere = (): never => {
  throw new Error('this host connects no programs');
};

/** Watches nothing: what these hosts are for has no part in alerts. */
const noAlerts = (clock: McpHost['services']['clock'], store: Store): Alerts =>
  new Alerts({
    clock,
    timers: { after: () => () => {}, every: () => () => {} },
    kept: store.settings,
    facts: () => ({ sessions: [], servers: [], reasonOf: () => null }),
    onChange: () => () => {},
    killed: null,
    onProblem: () => {},
  });
