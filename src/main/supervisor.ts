import { homedir, totalmem } from 'node:os';
import { DEMO_CLIENT } from '../shared/contract/demo';
import type { NewEvent } from '../shared/contract/event';
import { said } from '../shared/messages/said';
import type { LanguageChoice } from '../shared/messages/speech';
import { OAUTH_CALLBACK_PATH } from '../shared/model/oauth-rules';
import type { SessionPolicy } from '../shared/model/policy';
import { hasEnded } from '../shared/model/session';
import { defaultOf } from '../shared/model/setting-definitions';
import { DAY, HOUR, MIB, MINUTE, type Ms, SECOND } from '../shared/model/units';
import { ActivityLog } from './activity/activity-log';
import { ContentsRecorder } from './activity/contents/contents-recorder';
import { KnownSecrets, partsOfAddress } from './activity/contents/known-secrets';
import { FailingCallsWatch } from './activity/failing-calls';
import { ContentsRecording } from './activity/recording';
import { Webhook } from './alerts/webhook';
import { ClientProcesses } from './clients/client-processes';
import { UnknownKeys } from './clients/unknown-keys';
import { ConnectionDesk, type KeyCabinet } from './connect/connection-desk';
import { DemoShow } from './demo/demo';
import { createMcpFront } from './endpoint/mcp/front';
import { isOwnAddress } from './endpoint/own-address';
import { createReconnectLimiter, DEFAULT_LIMITS, type Limits } from './endpoint/rate-limits';
import { startEndpoint } from './endpoint/server';
import { createSignInLinks } from './endpoint/web-ui/sign-in';
import { Network } from './http-client/network';
import { LongCalls } from './long-calls/long-calls';
import { openAlerts } from './open-alerts';
import { openLogins } from './open-logins';
import { openServers, storedCallIds } from './open-servers';
import { openConfiguredServers } from './open-servers-config';
import { ClockPower } from './platform/clock-power';
import { type CrashNote, noteCrash } from './platform/crash-notes';
import { prepareDataFolder } from './platform/data-folder';
import { removeEndpointFile, writeEndpointFile } from './platform/endpoint-file';
import { FileSecrets } from './platform/file-secrets';
import { openLog } from './platform/log';
import { systemClock, systemRandom, systemTimers } from './platform/node';
import { ownCommand } from './platform/own-command';
import type { Keychain, Power, Random, Secrets, StartAtLogin, SystemClock, Timers } from './platform/ports';
import { systemProcesses } from './platform/process-lookup/system';
import { randomText } from './platform/random-text';
import { ServerSecrets } from './platform/server-secrets';
import { startAtLogin as startAtLoginByFile } from './platform/start-at-login/open';
import { updateAdvice } from './platform/update-advice';
import type { Services } from './services';
import { ClientRegistry } from './sessions/clients';
import { EventBus } from './sessions/event-bus';
import { MachineSleep } from './sessions/machine-sleep';
import { SessionManager } from './sessions/manager';
import { ReconnectTokens } from './sessions/reconnect/reconnect-tokens';
import { type Sleep, Sleeps } from './sessions/sleeps';
import { type ClockState, SteadyClock } from './sessions/steady-clock';
import type { Settings } from './settings';
import { keptSizesOf, keptTimesOf, policyOf, processLimitsOf } from './settings/effects';
import { FirstRun } from './settings/first-run';
import { SettingDesk } from './settings/setting-desk';
import { startFailure } from './store/lifecycle/open-failure';
import { Store } from './store/store';
import { HEADERS_SECRET, Telemetry } from './telemetry/telemetry';
import { ToolUse } from './tool-sets/tool-use';
import { ToolVisibility } from './tool-sets/tool-visibility';
import { UPDATE_ADDRESS, UPDATE_KEY } from './updates/update-key';
import { Updates } from './updates/updates';
import { ConfiguredServerAdmin } from './upstream/config/configured-server-admin';
import { valuesOfServers } from './upstream/config/known-secrets';
import { stateOf } from './upstream/config/server-view';
import { createHandlers } from './window-api/handlers';
import type { Handlers } from './window-api/router';

const TICK: Ms = SECOND;
/** While sessions are attached, the recorded end of a killed run is off by at most this much. */
const ALIVE: Ms = 10 * SECOND;
const SWEEP: Ms = MINUTE;
/** How often ended client processes are looked for. Outside Linux a program has to be started for it. */
const LOOK_FOR_CLIENTS: Ms = (process.platform === 'linux' ? 2 : 10) * SECOND;
const MAINTAIN: Ms = 10 * MINUTE;
/** How long calls in progress may take to finish when Holdfast stops. */
const DRAIN: Ms = 1_500;
const SLEEPS_KEPT: Ms = 30 * DAY;
const MOST_SLEEPS = 500;
const CLOCK_WORDS = {
  set: 'the system clock was set; its new time is used once it has held for a minute',
  believed: 'the new time of the system clock has held for a minute and is used from now on',
  'set back': 'the system clock is back at its earlier time',
} as const;
const SECRET_NAME = 'reconnect-token.key';
/** What is kept for servers, in words that begin a sentence. */
const SERVER_SECRETS = {
  'server-values.json': said('said.secrets.what.values'),
  'server-values.json.damaged': said('said.secrets.what.values_aside'),
  'logins.json': said('said.secrets.what.logins'),
  'logins.json.damaged': said('said.secrets.what.logins_aside'),
  [HEADERS_SECRET]: said('said.secrets.what.headers'),
};

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly version: string;
  /** Folder of the built window, served at `/ui/`. */
  readonly uiFolder: string;
  readonly clock?: SystemClock;
  /** What the desktop says of sleep. Without it, and besides, the clocks tell. */
  readonly power?: Power;
  readonly timers?: Timers;
  readonly random?: Random;
  /** The keychain of the system, in a host that reaches one. Secrets of servers are in files otherwise. */
  readonly keychain?: Keychain;
  /** Starting at login, in a host that asks the system for it. A file decides otherwise, where the system has one for that. */
  readonly startAtLogin?: StartAtLogin;
  /** Whether the desktop shows this process's tray icon; missing without a window. */
  readonly hasTray?: () => Promise<boolean | null>;
  /** Shows a test as a notification of the system; missing without a window. */
  readonly testNotification?: () => Promise<boolean>;
  /** Makes what the process shows outside of the window speak a language; missing without a window. */
  readonly speak?: (choice: LanguageChoice) => Promise<void>;
  /** Replaces the key that manifests of updates are verified with, for tests. */
  readonly updateKey?: string;
  /** Replaces the policy from the settings, for tests. */
  readonly policy?: SessionPolicy;
  /** Replaces the default rate limits, for tests and benchmarks. */
  readonly limits?: Limits;
  /** The environment that entries in servers.json refer to, and that names proxies and certificates. Defaults to this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Is told, in a sentence for the user, when nothing can be saved any more. */
  readonly onLoss?: (sentence: string) => void;
  /** Path of the courier's program, where it is not beside this one: in tests, which run the sources. */
  readonly courierProgram?: () => Promise<string>;
  /** Ends the process, because somebody with the admin key asked for it. Without it, the supervisor alone stops. */
  readonly onQuit?: () => void;
  /** Ends the process in order and starts it again. Without it, somebody has to. */
  readonly onRestart?: () => void;
  /** The user's home folder, where other programs keep configurations that can be imported. */
  readonly home?: string;
}

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
    const settingProblems: string[] = [];
    const desk = new SettingDesk({
      given: settings.given,
      kept: store.settings,
      transaction: (work) => store.transaction(work),
      machineBytes: totalmem(),
      onProblem: (sentence) => {
        log.warn(sentence);
        settingProblems.push(sentence);
      },
    });
    const values = desk.values();
    // Whoever uses these objects reads them anew each time, so a change holds at once.
    const policy = { ...(options.policy ?? policyOf(values)) };
    const processLimits = { ...processLimitsOf(values) };
    desk.apply((now) => {
      if (!options.policy) Object.assign(policy, policyOf(now));
      Object.assign(processLimits, processLimitsOf(now));
      store.keep(keptTimesOf(now), keptSizesOf(now));
      logFile.limit(now.log_mib * MIB);
      log.level = now.log_level;
    });
    const secret = settings.secret ?? (await keptSecret(new FileSecrets(settings.folder), random));
    const tokens = await ReconnectTokens.create(secret, { clock, random, policy });
    const bus = new EventBus((error) => log.error({ err: error }, 'an event listener failed'));
    const { repository } = store;
    const sleeps = knownSleeps(store, startedAt);
    const manager = new SessionManager({
      repository,
      bus,
      clock,
      timers,
      random,
      tokens,
      policy,
      sleeps,
      limiter: createReconnectLimiter(limits),
      onProblem: (error) => log.warn({ err: error }, 'measurements could not be written yet'),
    });
    const clients = new ClientRegistry({
      repository,
      bus,
      clock,
      timers,
      random,
      clients: store.clients,
      transaction: (work) => store.transaction(work),
    });
    undo.push(() => clients.close());

    const home = options.home ?? homedir();
    const clientProcesses = new ClientProcesses({ lookup: systemProcesses(), manager, timers, home });

    const epoch = epochOf(store, random);
    store.notices.push(...notices, ...settingProblems);
    const previous_stop = previousStop(store);
    const lastAlive = lastSignOfLife(store, startedAt);
    manager.recover(lastAlive);
    rememberAlive(store, clock);
    store.settings.set('stop', 'running');
    bus.publish(
      repository.commit({
        events: [{ at: startedAt, session_id: null, kind: 'supervisor_started', payload: { version, previous_stop } }],
      }),
    );

    let url = '';
    const { port } = values;
    const isOwn = (address: URL) => isOwnAddress(address, url === '' ? port : Number(new URL(url).port));
    const environment = options.environment ?? process.env;
    const secrets = await ServerSecrets.open({
      folder: settings.folder,
      keychain: options.keychain ?? null,
      place: values.secrets === 'file' ? 'file' : 'keychain',
      names: SERVER_SECRETS,
      timers,
      now: () => clock.now(),
      onNotice: (sentence) => {
        log.warn(sentence);
        store.notices.push(sentence);
      },
    });
    undo.push(() => secrets.close());
    const known = new KnownSecrets(
      () => configured.all(),
      () => valuesOfServers(configured.all(), (name) => configured.kept(name).values),
    );
    const watched = known.watching(secrets);
    if (secrets.problem) log.warn(secrets.problem);
    const configured = await openConfiguredServers({
      settings,
      store,
      bus,
      clock,
      timers,
      log,
      environment,
      isOwn,
      secrets: watched,
    });
    undo.push(() => configured.close());
    known.look();
    configured.onChange(() => known.look());
    const network = new Network({ environment, onProblem: (sentence) => log.warn(sentence) });
    const callIds = storedCallIds(store, log);
    const redirectUri = () => `${url === '' ? `http://127.0.0.1:${port}` : url}${OAUTH_CALLBACK_PATH}`;
    const record = (events: readonly NewEvent[]) => bus.publish(store.transaction(() => repository.commit({ events })));
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
    const recording = new ContentsRecording({ kept: store.settings, clock });
    // While servers.json cannot be read, nobody knows which servers are gone.
    const keepRecording = () => {
      if (configured.problems.length === 0) recording.keepOnly(configured.all().map(({ entry }) => entry.name));
    };
    keepRecording();
    configured.onChange(keepRecording);
    const telemetry = await Telemetry.open({
      settings: store.settings,
      secrets: watched,
      version,
      network,
      clock,
      timers,
      random,
      stateNow: () => ({
        sessions: store.sessions.health(clock.now()).status_breakdown,
        servers: configured.all().flatMap(({ entry: { name } }) => {
          const status = servers.stateOf(name);
          return status ? [{ server: name, state: status.state, processes: status.instances.length }] : [];
        }),
      }),
      url: () => url,
      log,
    });
    undo.push(() => telemetry.close());
    const stopCounting = bus.subscribe((events) => telemetry.happened(events));
    const activity = new ActivityLog({
      contents: new ContentsRecorder(recording, known.mask),
      repository: store.activity,
      clock,
      timers,
      onEnded: (row, traceparent) => telemetry.called(row, traceparent),
      onProblem: (error) => log.warn({ err: error }, 'what was called could not be recorded yet'),
    });
    undo.push(() => activity.close());
    const longCalls = new LongCalls({
      calls: store.longCalls,
      patience: store.patience,
      clock,
      timers,
      random,
      onProblem: (error) => log.warn({ err: error }, 'what is kept of long calls could not be written'),
    });
    undo.push(() => longCalls.close());
    const servers = openServers({
      store,
      bus,
      clock,
      timers,
      random,
      network,
      callIds,
      log,
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
    const clockPower = new ClockPower(options.clock ?? systemClock, timers);
    const machineSleep = new MachineSleep({
      sources: [...(options.power ? [options.power] : []), clockPower],
      clock,
      sleeps,
      record: (event) => bus.publish(repository.commit({ events: [event] })),
      onProblem: (error) => log.warn({ err: error }, 'not everything was done that follows a sleep'),
    });
    undo.push(() => {
      machineSleep.close();
      clockPower.close();
    });
    machineSleep.onWake(() => servers.wake());
    machineSleep.onWake(() => logins.wake());
    machineSleep.onWake(() => clients.endOldKeys());
    machineSleep.onWake(({ from, to }) => log.info({ slept_ms: to - from }, 'the machine has woken'));
    const visibility = new ToolVisibility({
      repository: store.toolSets,
      events: repository,
      transaction: (work) => store.transaction(work),
      bus,
      clock,
      checkClient: (clientId) => clients.get(clientId),
    });
    const serverAdmin = new ConfiguredServerAdmin({
      configured,
      timers,
      random,
      runtime: servers,
      logins,
      secrets: watched,
      known,
      lists: store.serverLists,
      tools: servers.tools,
      places: { home, platform: process.platform, environment, isOwn },
      onRename: (from, to) => {
        const { done, undo } = visibility.renameServer(from, to);
        return {
          undo,
          done: () => {
            done();
            toolUse.rename(from, to);
            store.foundTools.rename(from, to);
            store.tasks.rename(from, to);
          },
        };
      },
      onLimits: (taken) => {
        const known = clients.list();
        const of = (source: string) => known.flatMap(({ type, client_id }) => (type === source ? [client_id] : []));
        return visibility.takeLimits(taken.map(({ source, ...rest }) => ({ ...rest, clients: of(source) })));
      },
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
    const alerts = openAlerts({ store, bus, clock, timers, log, servers, configured, previousStop: previous_stop });
    undo.push(() => alerts.close());
    known.also(() => partsOfAddress(alerts.webhook));
    const address = () => {
      // What is used once is known from then on.
      known.look();
      return alerts.webhook;
    };
    const webhook = new Webhook({ network, timers, log, address });
    undo.push(() => webhook.close());
    alerts.onTold((told) => webhook.post(told));
    const keys: KeyCabinet = {
      find: (key) => clients.find(key),
      ofClient: (clientId) => clients.presentKeyOf(clientId),
      create: (client) => clients.create({ ...client, policy: 'sessionful' }),
      renew: (clientId) => clients.renewKey(clientId),
      takeBack: (clientId) => clients.takeBackRenewal(clientId),
      remove(clientId) {
        if (store.clients.get(clientId) === null) return;
        manager.closeAllOf(clientId);
        clients.remove(clientId);
      },
    };
    const connections = new ConnectionDesk({
      dataFolder: settings.folder,
      places: { home, platform: process.platform, environment },
      now: () => clock.now(),
      target: () => ({ url: `${url}/mcp`, cli: ownCommand(settings.folder) }),
      keys,
    });
    const demo = new DemoShow({
      timers,
      url: () => `${url}/mcp`,
      create: keys.create,
      sessionOf(clientId) {
        const found = repository.sessions.ofClient(clientId).find(({ session }) => !session.probe);
        if (!found) return null;
        const { session_id, status } = found.session;
        return { session_id, isGone: status === 'disconnected' || hasEnded(status) };
      },
      remove: (clientId) => forgetClient(clientId, keys, store),
    });
    undo.push(() => demo.stop());
    // Those of a run that was killed meanwhile.
    const demos = clients.list().filter(({ type_name }) => type_name === DEMO_CLIENT);
    for (const { client_id } of demos) await forgetClient(client_id, keys, store);
    const toolUse = new ToolUse({
      repository: store.toolUse,
      clock,
      timers,
      onProblem: (error) => log.warn({ err: error }, 'what tools were used could not be recorded yet'),
    });
    undo.push(() => toolUse.close());
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
    const stop = (next?: 'expected') => (stopping ??= runPhases(phasesOf(next === 'expected'), services));
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
      recordStop(services, clock);
      throw error;
    });
    url = endpoint.url;
    void servers.door.mindPort(endpoint.port, (passed) => endpoint.learnPassed(passed));
    writeEndpointFile(settings.folder, { url, pid: process.pid, version, admin_key: adminKey });
    log.info({ url, folder: settings.folder, previous_stop }, 'listening');
    servers.warmUp();
    guarded('lead the start at login to here', () => void services.startAtLogin.refresh(), services)();

    const sayLoss = (sentence: string | null) => sentence !== null && options.onLoss?.(sentence);
    const periodic: [Ms, string, () => void][] = [
      [TICK, 'tick', () => manager.tick()],
      [TICK, 'observe', () => store.observe(clock.now())],
      [TICK, 'look for the database', () => sayLoss(store.findLoss())],
      [ALIVE, 'say that sessions are attended', () => manager.attachedCount() > 0 && rememberAlive(store, clock)],
      [SWEEP, 'say that this runs', () => rememberAlive(store, clock)],
      [LOOK_FOR_CLIENTS, 'look for clients that have ended', () => lookForClients(services)],
      [SWEEP, 'sweep', () => manager.sweep()],
      [SWEEP, 'end old keys', () => clients.endOldKeys()],
      [SWEEP, 'keep within limits of bytes', () => void store.enforceSizes()],
      [TICK, 'go on removing what is too old', () => store.goOnRemoving()],
      [MAINTAIN, 'maintain', () => void store.maintain(clock.now(), clock.lived())],
    ];
    const endTimers = periodic.map(([period, task, work]) => timers.every(period, guarded(task, work, services)));
    endTimers.push(timers.after(MINUTE, () => void store.maintain(clock.now(), clock.lived())));
    // A machine whose battery runs out in its sleep does not wake.
    const beforeSleep = guarded(
      'say that this runs until the machine sleeps',
      () => rememberAlive(store, clock),
      services,
    );
    if (options.power) endTimers.push(options.power.onSuspend(beforeSleep));
    endTimers.push(
      () => demo.stop(),
      () => alerts.close(),
      () => webhook.close(),
      () => machineSleep.close(),
      () => clockPower.close(),
      () => updates.close(),
      () => stopCounting(),
    );

    const phasesOf = (isNextExpected: boolean): [string, () => void | Promise<void>][] => [
      ['leave the port alone', () => (isNextExpected ? undefined : servers.door.shutDoor())],
      ['stop timers', () => void endTimers.map((end) => end())],
      ['stop watching servers.json', () => configured.close()],
      ['let streams end quietly', () => manager.prepareStop()],
      ['leave servers to the next start', () => servers.prepareStop()],
      [
        'stop accepting and drain',
        async () => {
          const drained = endpoint.close(DRAIN);
          if (isNextExpected) await servers.door.openDoor();
          await drained;
        },
      ],
      ['disconnect sessions', () => manager.stop()],
      ['let go of servers', () => servers.stop()],
      ['let go of secrets', () => secrets.close()],
      ['let go of long calls', () => longCalls.close()],
      ['record what was called', () => activity.close()],
      ['record what is recorded', () => recording.settle()],
      ['record which tools were used', () => toolUse.close()],
      ['send what was counted', () => telemetry.close()],
      ['record the stop', () => recordStop(services, clock)],
      ['remove endpoint.json', () => removeEndpointFile(settings.folder)],
      ['close the database', () => store.close()],
    ];
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

/** Removes a client with all that was kept of it, but for the events that it was made and removed. */
async function forgetClient(clientId: string, keys: KeyCabinet, store: Store): Promise<void> {
  const sessions = store.repository.sessions.ofClient(clientId);
  const since = store.clients.get(clientId)?.created_at;
  keys.remove(clientId);
  for (const { session } of sessions) await store.deletion.forget(session.session_id);
  if (since !== undefined) store.deletion.forgetClient(clientId, since);
}

/** Wraps a periodic task to log a failure instead of throwing it. The next turn tries again. */
function guarded(task: string, work: () => void, { log }: Services): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      log.warn({ err: error, task }, 'a periodic task failed and will be tried again');
    }
  };
}

function lookForClients({ clientProcesses, log }: Services): void {
  clientProcesses.check().catch((error) => log.warn({ err: error }, 'ended clients could not be looked for'));
}

/** When an earlier run last recorded being alive or wrote an event; 0 if there was none. */
function lastSignOfLife(store: Store, before: Ms): Ms {
  // A run with a wrong clock may have left a time that lies ahead.
  const said = Math.min(store.settings.get<Ms>('last_alive') ?? 0, before);
  const [newest] = store.events.between(said, before, undefined, 1).events;
  return Math.max(said, newest?.at ?? 0);
}

/** Sleeps of earlier runs, as far back as a session may still wait. */
function knownSleeps(store: Store, now: Ms): Sleeps {
  const { events } = store.events.between(now - SLEEPS_KEPT, now + 1, ['machine_slept'], MOST_SLEEPS);
  return new Sleeps(events.toReversed().flatMap((event) => (event.kind === 'machine_slept' ? [event.payload] : [])));
}

function rememberAlive(store: Store, clock: SteadyClock): void {
  store.transaction(() => {
    // Not the future, whatever an earlier run with a wrong clock left behind.
    store.settings.set('last_alive', Math.min(clock.now(), clock.wall()));
    store.settings.set('clock', clock.state());
  });
}

/** Goes on with the time of the last run; its newest event may be younger than what it last recorded. */
function resumeClock(clock: SteadyClock, store: Store): void {
  const left = store.settings.get<ClockState>('clock') ?? { at: 0, lived: 0, tokenOffset: 0 };
  const [newest] = store.events.readAfter(store.events.newestSeq() - 1, 1);
  clock.resume(left, newest?.at);
}

/** Runs the quit phases in order. If one fails, it is logged and the others still run. */
async function runPhases(phases: [string, () => void | Promise<void>][], { log }: Services): Promise<void> {
  for (const [name, run] of phases) {
    try {
      await run();
    } catch (error) {
      log.error({ err: error, phase: name }, 'a quit phase failed');
    }
  }
}

function recordStop({ store, bus }: Parts, clock: SteadyClock): void {
  const at = clock.now();
  bus.publish(store.repository.commit({ events: [{ at, session_id: null, kind: 'supervisor_stopped', payload: {} }] }));
  rememberAlive(store, clock);
  store.settings.set('stop', 'clean');
}

function previousStop(store: Store): 'none' | 'clean' | 'killed' {
  const stop = store.settings.get<string>('stop');
  if (stop === null) return 'none';
  return stop === 'clean' ? 'clean' : 'killed';
}

/** The name of the event log. It changes when the log does not continue what monitors have already seen. */
function epochOf(store: Store, random: Random): string {
  const known = store.settings.get<string>('epoch');
  if (known !== null && store.notices.length === 0) return known;
  const epoch = randomText(random, 8);
  store.settings.set('epoch', epoch);
  return epoch;
}

async function keptSecret(secrets: Pick<Secrets, 'read' | 'write'>, random: Random): Promise<Uint8Array> {
  const kept = await secrets.read(SECRET_NAME);
  if (kept && kept.length >= 32) return kept;
  const made = random.bytes(32);
  await secrets.write(SECRET_NAME, made);
  return made;
}
