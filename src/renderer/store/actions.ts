import type { ActivityPage, Failures, Moment } from '../../shared/contract/activity';
import type {
  ActivityWithContents,
  AgainPreview,
  AgainState,
  ContentsList,
  RecordingChange,
} from '../../shared/contract/activity-contents';
import type { Alert, AlertChange, AlertSettings, AlertTest } from '../../shared/contract/alert';
import type { BundleScope, PreparedBundle } from '../../shared/contract/bundle';
import type { Calls, PatienceView } from '../../shared/contract/calls';
import type { Client, CreatedClient, RenewedKey } from '../../shared/contract/client';
import type { ConnectAction, ConnectLink, KeyToSet, PlannedConnection } from '../../shared/contract/connect';
import type { Demo } from '../../shared/contract/demo';
import type { Diagnostics, DoctorReport } from '../../shared/contract/diagnostics';
import type { Timeline } from '../../shared/contract/event';
import type { HistoryRange } from '../../shared/contract/history';
import type { Input, Output } from '../../shared/contract/index';
import type { LoginBegun } from '../../shared/contract/login';
import type { Deletion, DeletionCounts } from '../../shared/contract/privacy';
import type { ImportPreview, Server, ServerTest } from '../../shared/contract/server';
import type { IssuedToken, Session } from '../../shared/contract/session';
import type { PortCheck, SettingChanges, Settings } from '../../shared/contract/settings';
import type { Startup } from '../../shared/contract/startup';
import type { MadeMetricsKey, TelemetryState, TelemetryTest } from '../../shared/contract/telemetry';
import type { ToolChanges } from '../../shared/contract/tool-change';
import type { UpdatesState } from '../../shared/contract/updates';
import type { ClientView, ListedItems, ToolAdvice } from '../../shared/contract/visibility';
import { MEDIA_TYPES } from '../../shared/export/file-names';
import type { LinkedClient } from '../../shared/model/client-link';
import type { View } from '../../shared/model/views';
import type { Bridge } from '../bridge/bridge';
import type { Intent } from './intent';
import type { Route } from './route';
import type { HoldfastState, Overlay } from './state';
import type { ThemeChoice } from './theme';

/**
 * What the window can do. Asynchronous actions reject with a `HoldfastError` whose message can be shown to the user.
 */
export interface Actions {
  /**
   * Goes to a view. Without `params` the view is as it was left. Adds a step to the browser's history, unless `replace`.
   */
  navigate(view: View, to?: { id?: string | null; params?: Record<string, string>; replace?: boolean }): void;
  /** Changes parameters of the current route, without a step in the history. Empty values are dropped. */
  setParams(params: Record<string, string>): void;
  setTheme(choice: ThemeChoice): void;
  setSingleKeys(on: boolean): void;
  /** Shows the palette or the list of keys over the view, or takes it away. */
  showOverlay(overlay: Overlay): void;
  /** Goes to a view and asks it to do something there, as its own button would. */
  ask(intent: Intent): void;
  /** The view did what it was asked to do. */
  dropIntent(): void;
  reconnectNow(): void;
  disconnectStream(): void;

  loadApp(): Promise<void>;
  loadClients(): Promise<void>;
  loadHealth(): Promise<void>;
  loadFailing(): Promise<void>;
  loadHistory(range: HistoryRange): Promise<void>;
  loadHistoryEvents(query: Input<'history.events'>): Promise<Output<'history.events'>>;
  /** One page of what was called. */
  loadActivity(query: Input<'activity.list'>): Promise<ActivityPage>;
  /** One message, with what was in it if that was recorded. */
  loadMessage(activityId: number): Promise<ActivityWithContents>;
  /** What was recorded of up to 100 messages. */
  loadContents(activityIds: number[]): Promise<ContentsList>;
  previewAgain(activityId: number): Promise<AgainPreview>;
  /** Makes a call again that was shown and confirmed. @returns the id by which it is asked for */
  callAgain(activityId: number): Promise<string>;
  loadAgain(callId: string): Promise<AgainState>;
  cancelAgain(callId: string): Promise<void>;
  loadRecording(): Promise<void>;
  setRecording(change: RecordingChange): Promise<void>;
  /** How many came after one. */
  loadActivityNews(query: Input<'activity.news'>): Promise<Output<'activity.news'>>;
  /** What happened around a message; null if it is not kept any more. */
  loadMoment(activityId: number): Promise<Moment | null>;
  /** What runs now, and what became a handle. */
  loadCalls(): Promise<Calls>;
  cancelCall(callId: number): Promise<void>;
  /** How long each client waits for the answer to a call. */
  loadPatience(): Promise<PatienceView[]>;
  /** @param seconds - null to go by what Holdfast finds out */
  setPatience(clientId: string, seconds: number | null): Promise<PatienceView>;
  /** What failed, by kind. */
  loadFailures(query: Input<'activity.failures'>): Promise<Failures>;
  loadTimeline(query: Input<'sessions.timeline'>): Promise<Timeline>;

  loadDiagnostics(): Promise<Diagnostics>;
  loadLog(query: Input<'diagnostics.log'>): Promise<Output<'diagnostics.log'>>;
  /** All of it as Markdown, without secrets. */
  loadDiagnosis(): Promise<string>;
  /** Puts a diagnosis together, of one session or of the last day. Nothing is written. */
  prepareBundle(scope: BundleScope): Promise<PreparedBundle>;
  loadBundleFile(bundleId: string, name: string): Promise<string>;
  /** The zip file. */
  loadBundle(bundleId: string): Promise<Blob>;
  startDoctor(): Promise<DoctorReport>;
  loadDoctorReport(): Promise<DoctorReport>;

  /** The key is in this answer only, and never in the store. */
  createClient(client: Input<'clients.create'>): Promise<CreatedClient>;
  setClientPolicy(input: Input<'clients.set_policy'>): Promise<Client>;
  setNewProcess(input: Input<'clients.set_new_process'>): Promise<Client>;
  setMayTakeOver(input: Input<'clients.set_may_take_over'>): Promise<Client>;
  /** As {@link createClient}: the key is in this answer only. */
  renewKey(clientId: string): Promise<RenewedKey>;
  endOldKey(clientId: string): Promise<void>;
  removeClient(clientId: string): Promise<void>;

  loadDemo(): Promise<Demo>;
  /** A real client connects, is killed, comes back and removes itself. */
  startDemo(): Promise<Demo>;
  /** Reads all sessions anew, as one of them is gone as if it had never been. */
  resync(): void;
  loadFirstRun(): Promise<void>;
  /** The first steps are never shown again. */
  endFirstRun(): Promise<void>;
  /** Looks which programs of this machine can be connected, and how they stand. */
  loadFound(): Promise<void>;
  /** What would change in a program's file. */
  previewConnection(input: Input<'connect.preview'>): Promise<PlannedConnection>;
  /**
   * Carries out what was shown; refused if the file is no longer the same. The key that the user has to set is in this answer
   * only, and never in the store.
   */
  changeConnection(what: ConnectAction, input: Input<'connect.apply'>): Promise<KeyToSet | null>;

  /** Makes a key and a link for a program. The key is in this answer only, and never in the store. */
  makeConnectLink(id: LinkedClient): Promise<ConnectLink>;

  loadServers(): Promise<void>;
  /** Adds a server, or changes the one named `replaces`. Values of its environment pass through here and are not kept. */
  saveServer(input: Input<'servers.save'>): Promise<Server>;
  setServerEnabled(name: string, enabled: boolean): Promise<Server>;
  /** Confirms exactly the command that was shown. */
  trustServer(name: string, fingerprint: string): Promise<Server>;
  /** Removes a server, with `logOut` also its login. The returned function restores it, secrets included. */
  removeServer(name: string, logOut?: boolean): Promise<() => Promise<Server>>;
  /** Takes up to 30 s. */
  testServer(name: string): Promise<ServerTest>;
  retryServer(name: string): Promise<Server>;
  /** Ends what runs of it and starts it anew, for all sessions. */
  restartServer(name: string): Promise<Server>;
  /** Ends what runs of it, until it is used again. */
  /** @param instanceId - stops only this one */
  stopServer(name: string, instanceId?: string): Promise<Server>;
  /** Begins a login. Nothing opens: the address in the answer is for the person, and never in the store. */
  beginLogin(name: string): Promise<LoginBegun>;
  cancelLogin(name: string): Promise<Server>;
  logOut(name: string): Promise<Server>;
  loadStderr(name: string): Promise<readonly string[]>;
  /** What it listed last; starts nothing. */
  loadItems(server: string): Promise<ListedItems>;
  loadVisibility(): Promise<void>;
  /** Tools that every chat carries and none has called. */
  loadAdvice(): Promise<readonly ToolAdvice[]>;
  /** What one client sees of all servers. */
  loadClientView(clientId: string): Promise<ClientView>;
  /** Shows or hides parts of servers. The returned function undoes it. */
  setShown(change: Input<'tools.set_shown'>): Promise<() => Promise<void>>;
  saveSet(set: Input<'sets.save'>): Promise<void>;
  removeSet(name: string): Promise<void>;
  /** Chooses what a client sees at the address of all servers, everything with a null set, and how it gets that. */
  chooseSet(choice: Input<'sets.choose'>): Promise<void>;
  loadToolChanges(name: string): Promise<ToolChanges>;
  lookAtToolChanges(name: string): Promise<Server>;
  /** Without a tool, all changes of the server. */
  acceptToolChanges(name: string, tool?: string): Promise<Server>;
  previewImport(): Promise<ImportPreview>;
  importServers(ids: readonly string[]): Promise<readonly Server[]>;

  loadAlerts(): Promise<readonly Alert[]>;
  loadAlertSettings(): Promise<AlertSettings>;
  /** Saves all of it or nothing. The address of a webhook passes through here and is not kept. */
  changeAlertSettings(change: AlertChange): Promise<AlertSettings>;
  /** Takes at most five seconds. */
  testAlerts(): Promise<AlertTest>;
  loadStartup(): Promise<Startup>;
  setStartup(enabled: boolean): Promise<Startup>;
  loadTelemetry(): Promise<TelemetryState>;
  setOtlp(change: Input<'telemetry.set_otlp'>): Promise<TelemetryState>;
  /** Asks the receiver; takes at most 10 s. */
  testTelemetry(): Promise<TelemetryTest>;
  /** The key passes through here and is not kept. */
  setMetrics(enabled: boolean): Promise<MadeMetricsKey>;
  loadUpdates(): Promise<UpdatesState>;
  setUpdates(input: Input<'updates.set'>): Promise<UpdatesState>;
  /** Asks for news now; takes at most 10 s. */
  checkUpdates(): Promise<UpdatesState>;

  loadSettings(): Promise<void>;
  /** Saves all of these or none; null puts a default back. */
  changeSettings(changes: SettingChanges): Promise<Settings>;
  loadKept(): Promise<void>;
  previewDeletion(deletion: Deletion): Promise<DeletionCounts>;
  /** Deletes for good. What the window showed of it is read again. */
  deleteData(deletion: Deletion): Promise<DeletionCounts>;
  checkPort(port: number): Promise<PortCheck>;
  /** Ends Holdfast in order and starts it again; this window goes with it. */
  restart(): Promise<void>;

  loadSessionNames(): Promise<void>;
  /** Gives a session a name; an empty one takes it away. */
  nameSession(sessionId: string, name: string): Promise<void>;
  /** Keeps the session with its processes, or no longer. */
  pinSession(sessionId: string, pinned: boolean): Promise<Session>;
  /** Offers the session to a client. An invitation is in this answer only, and never in the store. */
  offerSession(input: Input<'sessions.offer'>): Promise<Output<'sessions.offer'>>;
  withdrawOffer(sessionId: string): Promise<Session>;
  setAsked(input: Input<'sessions.set_asked'>): Promise<Session>;
  stopSharing(sessionId: string): Promise<Session>;
  disconnectSession(sessionId: string): Promise<Session>;
  closeSession(sessionId: string): Promise<Session>;
  /** The token is in this answer only, and never in the store. */
  issueToken(sessionId: string): Promise<IssuedToken>;
}

export interface ActionDeps {
  readonly bridge: Bridge;
  get(): HoldfastState;
  set(part: Partial<HoldfastState>): void;
  /** Shows a route in the URL; `push` adds a step to the browser's history. */
  showRoute(route: Route, push: boolean): void;
  applyTheme(choice: ThemeChoice): void;
  applySingleKeys(on: boolean): void;
}

/** The actions over one bridge. */
export function createActions({ bridge, get, set, showRoute, applyTheme, applySingleKeys }: ActionDeps): Actions {
  /** The parameters each view had when it was left. */
  const left = new Map<View, Readonly<Record<string, string>>>();
  const go = (route: Route, push: boolean) => {
    const { route: before } = get();
    left.set(before.view, before.params);
    // What the view that is left was asked to do is over.
    set({ route, intent: route.view === before.view ? get().intent : null });
    showRoute(route, push);
  };

  const navigate: Actions['navigate'] = (view, to = {}) => {
    const { route } = get();
    const params = to.params ?? (view === route.view ? route.params : left.get(view)) ?? {};
    go({ view, id: to.id ?? null, params }, !to.replace);
  };

  const loadClients = async () => {
    const { clients, unknown_key_at } = await bridge.invoke('clients.list', {});
    set({ clients, unknownKeyAt: unknown_key_at });
  };

  const loadFound = async () => set({ found: (await bridge.invoke('connect.found', {})).clients });

  const loadVisibility = async () => set({ visibility: await bridge.invoke('tools.visibility', {}) });

  const loadKept = async () => set({ kept: await bridge.invoke('privacy.kept', {}) });

  let settingChanges = 0;
  let asked = 0;
  let shown = 0;
  const loadServers = async () => {
    asked += 1;
    const turn = asked;
    const servers = await bridge.invoke('servers.list', {});
    // The answer to a later request came first, so this one is out of date.
    if (turn < shown) return;
    shown = turn;
    set({ servers });
  };
  /** Waits for a change, then reloads the list; if only the reload fails, the change was made all the same. */
  const changing = async <T>(change: Promise<T>): Promise<T> => {
    const answer = await change;
    await loadServers().catch(() => undefined);
    return answer;
  };

  return {
    navigate,
    setParams(params) {
      const { route } = get();
      const merged = Object.entries({ ...route.params, ...params }).filter(([, value]) => value !== '');
      go({ ...route, params: Object.fromEntries(merged) }, false);
    },
    setTheme: applyTheme,
    setSingleKeys: applySingleKeys,
    showOverlay: (overlay) => set({ overlay }),
    ask(intent) {
      const { route } = get();
      if (route.view !== intent.view || route.id !== intent.id) navigate(intent.view, { id: intent.id });
      set({ intent });
    },
    dropIntent: () => set({ intent: null }),
    reconnectNow: () => bridge.reconnectNow(),
    disconnectStream: () => bridge.disconnect(),

    async loadApp() {
      set({ app: await bridge.invoke('app.info', {}) });
    },
    loadClients,
    async loadHealth() {
      set({ health: await bridge.invoke('sessions.health', {}) });
    },
    async loadFailing() {
      const { failing } = await bridge.invoke('activity.failing', {});
      set({ failing });
    },
    async loadHistory(range) {
      const history = await bridge.invoke('history.query', { range });
      set({ history: { ...get().history, [range]: history } });
    },
    loadHistoryEvents: (query) => bridge.invoke('history.events', query),
    loadActivity: (query) => bridge.invoke('activity.list', query),
    loadMessage: (activity_id) => bridge.invoke('activity.get', { activity_id }),
    loadContents: (activity_ids) => bridge.invoke('activity.contents', { activity_ids }),
    previewAgain: (activity_id) => bridge.invoke('activity.again_preview', { activity_id }),
    callAgain: async (activity_id) =>
      (await bridge.invoke('activity.call_again', { activity_id, confirmed: true })).call_id,
    loadAgain: (call_id) => bridge.invoke('activity.again', { call_id }),
    cancelAgain: async (call_id) => void (await bridge.invoke('activity.cancel_again', { call_id })),
    loadRecording: async () => set({ recording: await bridge.invoke('activity.recording', {}) }),
    setRecording: async (change) => set({ recording: await bridge.invoke('activity.set_recording', change) }),
    loadActivityNews: (query) => bridge.invoke('activity.news', query),
    async loadMoment(activity_id) {
      return (await bridge.invoke('activity.around', { activity_id })).moment;
    },
    loadCalls: () => bridge.invoke('calls.list', {}),
    cancelCall: async (call_id) => void (await bridge.invoke('calls.cancel', { call_id })),
    loadPatience: async () => (await bridge.invoke('calls.patience', {})).clients,
    setPatience: (client_id, seconds) => bridge.invoke('calls.set_patience', { client_id, seconds }),
    loadFailures: (query) => bridge.invoke('activity.failures', query),
    loadTimeline: (query) => bridge.invoke('sessions.timeline', query),

    loadDiagnostics: () => bridge.invoke('diagnostics.get', {}),
    loadLog: (query) => bridge.invoke('diagnostics.log', query),
    loadDiagnosis: async () => (await bridge.invoke('diagnostics.text', {})).text,
    prepareBundle: (scope) => bridge.invoke('bundle.prepare', scope),
    loadBundleFile: async (bundle_id, name) => (await bridge.invoke('bundle.file', { bundle_id, name })).text,
    async loadBundle(bundle_id) {
      const { zip } = await bridge.invoke('bundle.read', { bundle_id });
      return new Blob([Uint8Array.from(atob(zip), (sign) => sign.charCodeAt(0))], { type: MEDIA_TYPES.zip });
    },
    startDoctor: () => bridge.invoke('doctor.start', {}),
    loadDoctorReport: () => bridge.invoke('doctor.report', {}),

    async createClient(client) {
      const created = await bridge.invoke('clients.create', client);
      await loadClients();
      return created;
    },
    async setClientPolicy(input) {
      const changed = await bridge.invoke('clients.set_policy', input);
      await loadClients();
      return changed;
    },
    async setMayTakeOver(input) {
      const changed = await bridge.invoke('clients.set_may_take_over', input);
      await loadClients();
      return changed;
    },
    async setNewProcess(input) {
      const changed = await bridge.invoke('clients.set_new_process', input);
      await loadClients();
      return changed;
    },
    async renewKey(clientId) {
      const renewed = await bridge.invoke('clients.renew_key', { client_id: clientId });
      await loadClients();
      return renewed;
    },
    async endOldKey(clientId) {
      await bridge.invoke('clients.end_old_key', { client_id: clientId });
      await loadClients();
    },
    async removeClient(clientId) {
      await bridge.invoke('clients.remove', { client_id: clientId });
      await loadClients();
    },

    loadDemo: () => bridge.invoke('demo.get', {}),
    startDemo: () => bridge.invoke('demo.start', {}),
    resync: () => bridge.resync(),
    async loadFirstRun() {
      const { open } = await bridge.invoke('first_run.get', {});
      set({ isFirstRun: open });
    },
    async endFirstRun() {
      await bridge.invoke('first_run.end', {});
      set({ isFirstRun: false });
    },
    loadFound,
    async makeConnectLink(id) {
      const made = await bridge.invoke('connect.link', { id });
      await Promise.all([loadFound(), loadClients()]).catch(() => undefined);
      return made;
    },
    previewConnection: (input) => bridge.invoke('connect.preview', input),
    async changeConnection(what, input) {
      const { to_set } = { to_set: null, ...(await bridge.invoke(`connect.${what}`, input)) };
      await Promise.all([loadFound(), loadClients()]).catch(() => undefined);
      return to_set;
    },

    loadServers,
    saveServer: (input) => changing(bridge.invoke('servers.save', input)),
    setServerEnabled: (name, enabled) => changing(bridge.invoke('servers.set_enabled', { name, enabled })),
    trustServer: (name, fingerprint) => changing(bridge.invoke('servers.trust', { name, fingerprint })),
    async removeServer(name, logOut = false) {
      const { undo_id } = await changing(bridge.invoke('servers.remove', { name, log_out: logOut }));
      return () => changing(bridge.invoke('servers.undo_remove', { undo_id }));
    },
    testServer: (name) => bridge.invoke('servers.test', { name }),
    retryServer: (name) => changing(bridge.invoke('servers.retry', { name })),
    restartServer: (name) => changing(bridge.invoke('servers.restart', { name })),
    stopServer: (name, instanceId) =>
      changing(bridge.invoke('servers.stop', { name, ...(instanceId !== undefined && { instance_id: instanceId }) })),
    beginLogin: (name) => changing(bridge.invoke('servers.log_in', { name })),
    cancelLogin: (name) => changing(bridge.invoke('servers.cancel_login', { name })),
    logOut: (name) => changing(bridge.invoke('servers.log_out', { name })),
    async loadStderr(name) {
      return (await bridge.invoke('servers.stderr', { name })).lines;
    },
    loadItems: (server) => bridge.invoke('tools.items', { server }),
    loadVisibility,
    loadAdvice: async () => (await bridge.invoke('tools.advice', {})).advice,
    loadClientView: (client_id) => bridge.invoke('tools.of_client', { client_id }),
    async setShown(change) {
      const { undo } = await bridge.invoke('tools.set_shown', change);
      await loadVisibility();
      return async () => {
        await bridge.invoke('tools.put_rules', { rules: undo });
        await loadVisibility();
      };
    },
    async saveSet(input) {
      await bridge.invoke('sets.save', input);
      await loadVisibility();
    },
    async removeSet(name) {
      await bridge.invoke('sets.remove', { name });
      await loadVisibility();
    },
    async chooseSet(choice) {
      await bridge.invoke('sets.choose', choice);
      await loadVisibility();
    },
    loadToolChanges: (name) => bridge.invoke('servers.changes', { name }),
    lookAtToolChanges: (name) => changing(bridge.invoke('servers.look_at_changes', { name })),
    acceptToolChanges: (name, tool) =>
      changing(bridge.invoke('servers.accept_changes', { name, ...(tool === undefined ? {} : { tool }) })),
    previewImport: () => bridge.invoke('servers.import_preview', {}),
    async importServers(ids) {
      return (await changing(bridge.invoke('servers.import', { ids: [...ids] }))).servers;
    },

    loadAlerts: async () => (await bridge.invoke('alerts.list', {})).alerts,
    loadAlertSettings: () => bridge.invoke('alerts.settings', {}),
    changeAlertSettings: (change) => bridge.invoke('alerts.change', change),
    testAlerts: () => bridge.invoke('alerts.test', {}),
    loadStartup: () => bridge.invoke('startup.get', {}),
    setStartup: (enabled) => bridge.invoke('startup.set', { enabled }),
    loadTelemetry: () => bridge.invoke('telemetry.get', {}),
    setOtlp: (change) => bridge.invoke('telemetry.set_otlp', change),
    testTelemetry: () => bridge.invoke('telemetry.test', {}),
    setMetrics: (enabled) => bridge.invoke('telemetry.set_metrics', { enabled }),
    loadUpdates: () => bridge.invoke('updates.get', {}),
    setUpdates: (input) => bridge.invoke('updates.set', input),
    checkUpdates: () => bridge.invoke('updates.check', {}),

    async loadSettings() {
      const changed = settingChanges;
      const settings = await bridge.invoke('settings.list', {});
      // What was asked for before a change may tell of the time before it.
      if (changed === settingChanges) set({ settings });
    },
    async changeSettings(changes) {
      const settings = await bridge.invoke('settings.change', { changes });
      settingChanges += 1;
      set({ settings });
      return settings;
    },
    loadKept,
    previewDeletion: (deletion) => bridge.invoke('privacy.preview', deletion),
    async deleteData(deletion) {
      const counts = await bridge.invoke('privacy.delete', deletion);
      set({ history: {} });
      bridge.resync();
      await loadKept().catch(() => undefined);
      return counts;
    },
    checkPort: (port) => bridge.invoke('settings.check_port', { port }),
    async restart() {
      await bridge.invoke('app.restart', {});
    },

    async loadSessionNames() {
      set({ sessionNames: (await bridge.invoke('sessions.names', {})).names });
    },
    async nameSession(session_id, name) {
      set({ sessionNames: (await bridge.invoke('sessions.set_name', { session_id, name })).names });
    },
    pinSession: (session_id, pinned) => bridge.invoke('sessions.set_pinned', { session_id, pinned }),
    offerSession: (input) => bridge.invoke('sessions.offer', input),
    withdrawOffer: (session_id) => bridge.invoke('sessions.withdraw_offer', { session_id }),
    setAsked: (input) => bridge.invoke('sessions.set_asked', input),
    stopSharing: (session_id) => bridge.invoke('sessions.stop_sharing', { session_id }),
    disconnectSession: (sessionId) => bridge.invoke('sessions.disconnect', { session_id: sessionId }),
    closeSession: (sessionId) => bridge.invoke('sessions.close', { session_id: sessionId }),
    issueToken: (sessionId) => bridge.invoke('sessions.issue_token', { session_id: sessionId }),
  };
}
