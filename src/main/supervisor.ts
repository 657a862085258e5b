import { homedir } from 'node:os';
import type { NewEvent } from '../shared/contract/event';
import { OAUTH_CALLBACK_PATH } from '../shared/model/oauth-rules';
import { defaultOf } from '../shared/model/setting-definitions';
import { HOUR, MINUTE } from '../shared/model/units';
import { FailingCallsWatch } from './activity/failing-calls';
import { UnknownKeys } from './clients/unknown-keys';
import { ConnectionDesk } from './connect/connection-desk';
import { createMcpFront } from './endpoint/mcp/front';
import { DEFAULT_LIMITS } from './endpoint/rate-limits';
import { startEndpoint } from './endpoint/server';
import { createSignInLinks } from './endpoint/web-ui/sign-in';
import { Network } from './http-client/network';
import { openAlerts } from './open-alerts';
import { openLogins } from './open-logins';
import { openServers, storedCallIds } from './open-servers';
import { type CrashNote, noteCrash } from './platform/crash-notes';
import { prepareDataFolder } from './platform/data-folder';
import { writeEndpointFile } from './platform/endpoint-file';
import { openLog } from './platform/log';
import { systemClock, systemRandom, systemTimers } from './platform/node';
import { ownCommand } from './platform/own-command';
import { randomText } from './platform/random-text';
import { startAtLogin as startAtLoginByFile } from './platform/start-at-login/open';
import { updateAdvice } from './platform/update-advice';
import type { Services } from './services';
import { EventBus } from './sessions/event-bus';
import type { MachineSleep } from './sessions/machine-sleep';
import type { Sleep } from './sessions/sleeps';
import { SteadyClock } from './sessions/steady-clock';
import { FirstRun } from './settings/first-run';
import { startFailure } from './store/lifecycle/open-failure';
import { Store } from './store/store';
import type { Foundation } from './supervisor/foundation';
import { guarded } from './supervisor/guarded';
import { keyCabinetOf } from './supervisor/key-cabinet';
import { epochOf, lastSignOfLife, previousStop, recordStart, recordStop, resumeClock } from './supervisor/last-run';
import { openCallRecords } from './supervisor/open-call-records';
import { openConfiguration } from './supervisor/open-configuration';
import { openDemo } from './supervisor/open-demo';
import { openMachineSleep } from './supervisor/open-machine-sleep';
import { openServerAdmin } from './supervisor/open-server-admin';
import { openSessions } from './supervisor/open-sessions';
import { openSettings } from './supervisor/open-settings';
import { openWebhook } from './supervisor/open-webhook';
import { beginPeriodicTasks } from './supervisor/periodic-tasks';
import { quitPhases, runPhases } from './supervisor/quit-phases';
import type { SupervisorOptions } from './supervisor/supervisor-options';
import { ToolUse } from './tool-sets/tool-use';
import { ToolVisibility } from './tool-sets/tool-visibility';
import { UPDATE_ADDRESS, UPDATE_KEY } from './updates/update-key';
import { Updates } from './updates/updates';
import { stateOf } from './upstream/config/server-view';
import { createHandlers } from './window-api/handlers';
import type { Handlers } from './window-api/router';

const CLOCK_WORDS = {
  set: 'the system clock was set; its new time is used once it has held for a minute',
  believed: 'the new time of the system clock has held for a minute and is used from now on',
  'set back': 'the system clock is back at its earlier time',
} as const;

/** {@link Services} with the whole store. */
interface Parts extends Services {
  readonly store: Store;
}

export interface Supervisor {
  readonly services: Parts;
  readonly handlers: Handlers;
  readonly url: string;
  readonly adminKey: string;
  /** See {@link MachineSleep.onWake}. */
  onWake(listener: (sleep: Sleep) => void): () => void;
  /** Creates a link that signs in one browser. It works once, within ten minutes. */
  createSignInLink(): string;
  /** Whether this is exactly the address of a login that was begun and not finished, so that a browser may go there. */
  isBegunLogin(url: string): boolean;
  /** Notes an error that ends Holdfast or its window, without the secrets of servers. Never throws. */
  noteCrash(kind: CrashNote['kind'], what: string): void;
  /**
   * Stops everything in order, within a few seconds. Further calls wait for the first.
   * @param next - whether a next start is expected at once, as when a service is restarted or upgraded: the keeper then
   *   minds the port until it comes. Otherwise a person quits Holdfast, and the port is left alone.
   */
  stop(next?: 'expected'): Promise<void>;
}

/**
 * Puts the parts together and starts them. The database is opened and sessions are recovered before the port listens;
 * otherwise a client could be told that its session is unknown just because Holdfast was not ready.
 * A database that turns out to be damaged on the way is replaced by a backup at the same start.
 * @throws HoldfastError `already_running`, `port_in_use`, `database_too_new`, or with a sentence that says what is in the
 * way; nothing is left open then
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { folder, given } = options.settings;
  const notices = prepareDataFolder(folder, (options.clock ?? systemClock).now());
  let opened: ReturnType<typeof openLog>;
  try {
    opened = openLog(folder, given.log_level ?? String(defaultOf('log_level', 0)));
  } catch (error) {
    throw startFailure(error, folder);
  }
  const { log } = opened;
  for (const notice of notices) log.warn(notice);
  const attempt = () => start(options, opened, notices);
  try {
    return await attempt().catch((error) => {
      if (!Store.isMarkedDamaged(folder)) throw error;
      log.error({ err: error }, 'the database is damaged; starting again with a backup');
      return attempt();
    });
  } catch (error) {
    const failure = startFailure(error, folder);
    if (failure !== error) log.fatal({ err: error }, 'Holdfast cannot start');
    throw failure;
  }
}

async function start(
  options: SupervisorOptions,
  { log, file: logFile }: ReturnType<typeof openLog>,
  notices: readonly string[],
): Promise<Supervisor> {
  const { settings, version } = options;
  const timers = options.timers ?? systemTimers;
  const random = options.random ?? systemRandom;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const clock = new SteadyClock(options.clock ?? systemClock, (change) => log.warn(change, CLOCK_WORDS[change.what]));
  const store = Store.open({ folder: settings.folder, now: () => clock.now(), log });
  const undo: (() => void | Promise<void>)[] = [() => store.close()];
  try {
    resumeClock(clock, store);
    const startedAt = clock.now();
    const bus = new EventBus((error) => log.error({ err: error }, 'an event listener failed'));
    const environment = options.environment ?? process.env;
    const network = new Network({ environment, onProblem: (sentence) => log.warn(sentence) });
    const home = options.home ?? homedir();
    let url = '';
    const foundation: Foundation = {
      options,
      log,
      clock,
      timers,
      random,
      store,
      bus,
      network,
      startedAt,
      environment,
      home,
      url: () => url,
      undo,
    };
    const { desk, values, policy, processLimits, problems } = openSettings(options, { store, log, logFile });
    const { port } = values;
    const { manager, clients, clientProcesses, sleeps } = await openSessions(foundation, policy, limits);

    const epoch = epochOf(store, random);
    store.notices.push(...notices, ...problems);
    const previous_stop = previousStop(store);
    const lastAlive = lastSignOfLife(store, startedAt);
    manager.recover(lastAlive);
    recordStart(foundation, clock, { version, previous_stop }, startedAt);

    const configuration = await openConfiguration(foundation, values);
    const { secrets, watched, known, configured } = configuration;
    const callIds = storedCallIds(store, log);
    const redirectUri = () => `${url === '' ? `http://127.0.0.1:${port}` : url}${OAUTH_CALLBACK_PATH}`;
    const record = (events: readonly NewEvent[]) =>
      bus.publish(store.transaction(() => store.repository.commit({ events })));
    const logins = await openLogins({
      folder: settings.folder,
      courierProgram: options.courierProgram,
      secrets: watched,
      configured,
      clock,
      timers,
      random,
      network,
      log,
      redirectUri,
      record,
    });
    const records = await openCallRecords(foundation, configuration, () => servers);
    const { recording, telemetry, activity, longCalls } = records;
    const servers = openServers({
      ...foundation,
      callIds,
      version,
      configs: configured,
      folder: settings.folder,
      limits: processLimits,
      logins,
      sleeps,
      activity,
    });
    desk.apply((now) => servers.tools.hold(now.hold_changed_tools === 'on'));
    undo.push(() => servers.stop());
    await servers.start(lastAlive || startedAt);
    const { machineSleep, close: closeMachineSleep } = openMachineSleep(foundation, sleeps);
    machineSleep.onWake(() => servers.wake());
    machineSleep.onWake(() => logins.wake());
    machineSleep.onWake(() => clients.endOldKeys());
    machineSleep.onWake(({ from, to }) => log.info({ slept_ms: to - from }, 'the machine has woken'));
    const visibility = new ToolVisibility({
      repository: store.toolSets,
      events: store.repository,
      transaction: (work) => store.transaction(work),
      bus,
      clock,
      checkClient: (clientId) => clients.get(clientId),
    });
    const toolUse = new ToolUse({
      repository: store.toolUse,
      clock,
      timers,
      onProblem: (error) => log.warn({ err: error }, 'what tools were used could not be recorded yet'),
    });
    undo.push(() => toolUse.close());
    const serverAdmin = openServerAdmin(foundation, configuration, {
      servers,
      logins,
      clients,
      visibility,
      toolUse,
      recording,
    });
    const updates = new Updates({
      key: options.updateKey ?? UPDATE_KEY,
      address: UPDATE_ADDRESS,
      version,
      how: updateAdvice(),
      settings: store.settings,
      network,
      clock,
      timers,
      onProblem: (problem) => log.info({ problem }, 'updates could not be asked for'),
    });
    undo.push(() => updates.close());
    const alerts = openAlerts({ ...foundation, servers, configured, previousStop: previous_stop });
    undo.push(() => alerts.close());
    const webhook = openWebhook(foundation, known, alerts);
    const keys = keyCabinetOf(clients, manager, store);
    const connections = new ConnectionDesk({
      dataFolder: settings.folder,
      places: { home, platform: process.platform, environment },
      now: () => clock.now(),
      target: () => ({ url: `${url}/mcp`, cli: ownCommand(settings.folder) }),
      keys,
    });
    const demo = await openDemo(foundation, clients, keys);
    const services: Parts = {
      store,
      desk,
      bus,
      manager,
      clients,
      clientProcesses,
      unknownKeys: new UnknownKeys(clock),
      connections,
      demo,
      servers,
      visibility,
      toolUse,
      clock,
      timers,
      random,
      network,
      callIds,
      activity,
      longCalls,
      failing: new FailingCallsWatch({
        reader: store.activity,
        clock,
        stateOf: (name) => {
          const server = configured.all().find(({ entry }) => entry.name === name);
          return server && stateOf(server, { state: servers.stateOf(name)?.state ?? 'stopped' });
        },
      }),
      recording,
      telemetry,
      updates,
      startAtLogin: options.startAtLogin ?? startAtLoginByFile(settings.folder, environment),
      firstRun: new FirstRun({ kept: store.settings, hasClients: () => clients.list().length > 0 }),
      alerts,
      log,
      info: () => ({
        name: 'Holdfast',
        version,
        url,
        data_folder: settings.folder,
        pid: process.pid,
        started_at: startedAt,
        epoch,
        seq: store.events.newestSeq(),
        token_life_minutes: policy.tokenLife / MINUTE,
        retention_hours: policy.retention / HOUR,
        cli: ownCommand(settings.folder),
        notices: [...store.notices, secrets.problem, updates.notice()].filter((notice) => notice !== null),
      }),
    };
    const handlers = createHandlers(services, serverAdmin, {
      ownPort: () => Number(new URL(url).port),
      restart: options.onRestart ?? null,
      ...(options.hasTray && { hasTray: options.hasTray }),
      ...(options.testNotification && { testNotification: options.testNotification }),
      ...(options.speak && { speak: options.speak }),
      testWebhook: () => webhook.test(),
      callsByHand: () => front.byHand,
    });
    const front = createMcpFront(services);
    await front.restore();
    servers.open();
    await servers.door.freePort();
    const adminKey = `hfa_${randomText(random, 32)}`;
    known.also(() => [adminKey]);
    let stopping: Promise<void> | null = null;
    const stop = (next?: 'expected') =>
      (stopping ??= runPhases(quitPhases(foundation, { ...quitParts, endpoint }, next === 'expected'), log));
    const signIn = createSignInLinks({ tokens: store.uiTokens, clock: clock.tokens, random });
    const endpoint = await startEndpoint({
      services,
      handlers,
      serverAdmin,
      front,
      adminKey,
      signIn,
      version,
      limits,
      port,
      uiFolder: options.uiFolder,
      quit: () => (options.onQuit ? options.onQuit() : void stop()),
    }).catch((error) => {
      recordStop(foundation, clock);
      throw error;
    });
    url = endpoint.url;
    void servers.door.mindPort(endpoint.port, (passed) => endpoint.learnPassed(passed));
    writeEndpointFile(settings.folder, { url, pid: process.pid, version, admin_key: adminKey });
    log.info({ url, folder: settings.folder, previous_stop }, 'listening');
    servers.warmUp();
    guarded('lead the start at login to here', () => void services.startAtLogin.refresh(), log)();

    const endTimers = beginPeriodicTasks(foundation, services);
    endTimers.push(
      () => demo.stop(),
      () => alerts.close(),
      () => webhook.close(),
      () => closeMachineSleep(),
      () => updates.close(),
      () => records.stopCounting(),
    );
    const quitParts = { ...records, configured, secrets, manager, servers, toolUse, endTimers };
    return {
      services,
      handlers,
      url,
      adminKey,
      onWake: (listener) => machineSleep.onWake(listener),
      createSignInLink: () => signIn.createLink(url),
      isBegunLogin: (address) => logins.isBegun(address),
      noteCrash: (kind, what) => noteCrash(settings.folder, { at: Date.now(), kind, what }, known.mask),
      stop,
    };
  } catch (error) {
    for (const end of undo.reverse()) await end();
    throw error;
  }
}
