import type { Client, CreatedClient } from '../../shared/contract/client';
import type { Timeline } from '../../shared/contract/event';
import type { HistoryRange } from '../../shared/contract/history';
import type { Input, Output } from '../../shared/contract/index';
import type { LoginBegun } from '../../shared/contract/login';
import type { ImportPreview, Server, ServerTest } from '../../shared/contract/server';
import type { IssuedToken, Session } from '../../shared/contract/session';
import type { Bridge } from '../bridge/bridge';
import type { Route, View } from './route';
import type { HoldfastState } from './state';
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
  reconnectNow(): void;
  disconnectStream(): void;

  loadApp(): Promise<void>;
  loadClients(): Promise<void>;
  loadHealth(): Promise<void>;
  loadHistory(range: HistoryRange): Promise<void>;
  loadHistoryEvents(query: Input<'history.events'>): Promise<Output<'history.events'>>;
  loadTimeline(query: Input<'sessions.timeline'>): Promise<Timeline>;

  /** The key is in this answer only, and never in the store. */
  createClient(client: Input<'clients.create'>): Promise<CreatedClient>;
  setClientPolicy(input: Input<'clients.set_policy'>): Promise<Client>;
  setNewProcess(input: Input<'clients.set_new_process'>): Promise<Client>;
  removeClient(clientId: string): Promise<void>;

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
  /** Begins a login. Nothing opens: the address in the answer is for the person, and never in the store. */
  beginLogin(name: string): Promise<LoginBegun>;
  cancelLogin(name: string): Promise<Server>;
  logOut(name: string): Promise<Server>;
  loadStderr(name: string): Promise<readonly string[]>;
  previewImport(): Promise<ImportPreview>;
  importServers(ids: readonly string[]): Promise<readonly Server[]>;

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
}

/** The actions over one bridge. */
export function createActions({ bridge, get, set, showRoute, applyTheme }: ActionDeps): Actions {
  /** The parameters each view had when it was left. */
  const left = new Map<View, Readonly<Record<string, string>>>();
  const go = (route: Route, push: boolean) => {
    const { route: before } = get();
    left.set(before.view, before.params);
    set({ route });
    showRoute(route, push);
  };

  const loadClients = async () => set({ clients: (await bridge.invoke('clients.list', {})).clients });

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
    navigate(view, to = {}) {
      const { route } = get();
      const params = to.params ?? (view === route.view ? route.params : left.get(view)) ?? {};
      go({ view, id: to.id ?? null, params }, !to.replace);
    },
    setParams(params) {
      const { route } = get();
      const merged = Object.entries({ ...route.params, ...params }).filter(([, value]) => value !== '');
      go({ ...route, params: Object.fromEntries(merged) }, false);
    },
    setTheme: applyTheme,
    reconnectNow: () => bridge.reconnectNow(),
    disconnectStream: () => bridge.disconnect(),

    async loadApp() {
      set({ app: await bridge.invoke('app.info', {}) });
    },
    loadClients,
    async loadHealth() {
      set({ health: await bridge.invoke('sessions.health', {}) });
    },
    async loadHistory(range) {
      const history = await bridge.invoke('history.query', { range });
      set({ history: { ...get().history, [range]: history } });
    },
    loadHistoryEvents: (query) => bridge.invoke('history.events', query),
    loadTimeline: (query) => bridge.invoke('sessions.timeline', query),

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
    async setNewProcess(input) {
      const changed = await bridge.invoke('clients.set_new_process', input);
      await loadClients();
      return changed;
    },
    async removeClient(clientId) {
      await bridge.invoke('clients.remove', { client_id: clientId });
      await loadClients();
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
    beginLogin: (name) => changing(bridge.invoke('servers.log_in', { name })),
    cancelLogin: (name) => changing(bridge.invoke('servers.cancel_login', { name })),
    logOut: (name) => changing(bridge.invoke('servers.log_out', { name })),
    async loadStderr(name) {
      return (await bridge.invoke('servers.stderr', { name })).lines;
    },
    previewImport: () => bridge.invoke('servers.import_preview', {}),
    async importServers(ids) {
      return (await changing(bridge.invoke('servers.import', { ids: [...ids] }))).servers;
    },

    disconnectSession: (sessionId) => bridge.invoke('sessions.disconnect', { session_id: sessionId }),
    closeSession: (sessionId) => bridge.invoke('sessions.close', { session_id: sessionId }),
    issueToken: (sessionId) => bridge.invoke('sessions.issue_token', { session_id: sessionId }),
  };
}
