import type { JsonRpcRequest, Params } from '../../mcp/json-rpc';
import type { ClientSettings } from '../upstream-ports';
import {
  type AllClientSettings,
  levelOf,
  urisOf,
  withLevel,
  withoutSession,
  withSubscription,
} from './client-settings';

export interface CurrentClientSettingsDeps {
  readonly clientSettings: AllClientSettings;
  /** Called after {@link CurrentClientSettings.all} changes. */
  readonly onClientSettings: () => void;
  /** Sends the server a request of our own. */
  readonly ask: (method: string, params: Params) => void;
  /** Whether there is a process to tell. */
  readonly isUp: () => boolean;
}

/** What each session has set on an instance now, and what its server is told when that changes without a request. */
export class CurrentClientSettings {
  private readonly deps: CurrentClientSettingsDeps;
  private settings: AllClientSettings;

  constructor(deps: CurrentClientSettingsDeps) {
    this.deps = deps;
    this.settings = deps.clientSettings;
  }

  get all(): AllClientSettings {
    return this.settings;
  }

  set(settings: AllClientSettings): void {
    this.settings = settings;
    this.deps.onClientSettings();
  }

  /**
   * The settings after this request, or null if it is about something else. `isNews` says whether a shared server must
   * be told, with `params`.
   */
  after(
    sessionKey: string,
    { method, params }: JsonRpcRequest,
  ): { after: AllClientSettings; isNews: boolean; params: Params } | null {
    const { level, uri } = params ?? {};
    if (method === 'logging/setLevel' && typeof level === 'string') {
      const after = withLevel(this.settings, sessionKey, level);
      const most = levelOf(after);
      return { after, isNews: most !== levelOf(this.settings), params: { ...params, level: most } };
    }
    const isSubscribe = method === 'resources/subscribe';
    if ((!isSubscribe && method !== 'resources/unsubscribe') || typeof uri !== 'string') return null;
    const after = withSubscription(this.settings, sessionKey, uri, isSubscribe);
    return { after, isNews: urisOf(after).has(uri) !== urisOf(this.settings).has(uri), params: { ...params } };
  }

  /** The session brings what it has set on another process of the server. */
  bring(sessionKey: string, settings: ClientSettings): void {
    const before = this.settings;
    this.set({ ...before, [sessionKey]: settings });
    if (!this.deps.isUp()) return;
    const known = urisOf(before);
    for (const uri of settings.subscriptions) if (!known.has(uri)) this.deps.ask('resources/subscribe', { uri });
    this.tellLevel(before);
  }

  /** The session is over: undoes the settings that only it wanted. */
  forget(sessionKey: string): void {
    if (!this.settings[sessionKey]) return;
    const before = this.settings;
    this.set(withoutSession(before, sessionKey));
    if (!this.deps.isUp()) return;
    const wanted = urisOf(this.settings);
    for (const uri of urisOf(before)) if (!wanted.has(uri)) this.deps.ask('resources/unsubscribe', { uri });
    this.tellLevel(before);
  }

  private tellLevel(before: AllClientSettings): void {
    const level = levelOf(this.settings);
    if (level !== null && level !== levelOf(before)) this.deps.ask('logging/setLevel', { level });
  }
}
