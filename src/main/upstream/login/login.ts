import type { StoredOAuthTokens } from '@modelcontextprotocol/client';
import type { NewEvent } from '../../../shared/contract/event';
import type { LoginBegun, Login as LoginView } from '../../../shared/contract/login';
import { type Sentence, said } from '../../../shared/messages/said';
import { DAY, MINUTE, type Ms } from '../../../shared/model/units';
import type { InitializeResult } from '../../mcp/server-channel';
import { within } from '../../platform/deadline';
import type { Clock, Random, Timers } from '../../platform/ports';
import { AuthorizationServer } from './authorization-server';
import type { Challenge } from './discovery';
import { KeptLogin } from './kept-login';
import { LoginChanges } from './login-changes';
import { LoginImpossible, LoginNeeded } from './login-failures';
import { type LoginRecord, noLogin } from './login-record';
import { type LoginSettings, NO_LOGIN_SETTINGS } from './login-settings';
import type { OAuthFetch } from './oauth-fetch';
import { type BegunLogin, PersonLogin } from './person-login';
import type { RefreshOutcome } from './refresh';
import { RefreshLoop } from './refresh-loop';
import { type RefusedRequest, RefusedTokens } from './refused-tokens';
import { isAtItsEnd, untilRefresh } from './token-life';

/** How long a request waits for somebody to log in. */
export const HOLD_LIMIT: Ms = 5 * MINUTE;

export interface LoginDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly fetch: OAuthFetch;
  /** Whether addresses on this machine may be used. */
  readonly allowsLoopback: boolean;
  /** Like `fetch`, for the request that uses up a refresh token: its answer survives the end of this process. */
  readonly refreshFetch: (id: string, key: string) => OAuthFetch;
  /** Forgets the answer to such a request. */
  readonly forgetRefresh: (id: string) => Promise<void>;
  readonly log: { warn(details: object, message: string): void };
  /** Address to which the authorization server sends the browser back. */
  redirectUri(): string;
  /** Stores the record. Once this resolves, it is on the disk. */
  store(record: LoginRecord): Promise<void>;
  /** Commits events and publishes them. */
  record(events: readonly NewEvent[]): void;
  /** Called after anything that shows has changed. */
  changed(): void;
}

/**
 * The login of one server: its tokens, who refreshes them, and whether a person has to do something. There is one for all
 * sessions, so that a token that may be used once is used once (RFC 9700 section 4.14).
 */
export class Login {
  readonly server: string;
  readonly url: string;
  private readonly deps: LoginDeps;
  private readonly settings: LoginSettings;
  private readonly kept: KeptLogin;
  private readonly person: PersonLogin;
  private beginning: Promise<LoginBegun> | null = null;
  private readonly authorization: AuthorizationServer;
  private readonly refused: RefusedTokens;
  private readonly refreshes: RefreshLoop;
  private readonly changes = new LoginChanges();
  private readonly abort = new AbortController();
  private trouble: string | null = null;
  /** Goes up when somebody logs out: what was begun before counts no longer. */
  private epoch = 0;
  private cancelAhead = () => {};

  /** @param record - what was kept of it; null if nothing was, or if that was of another address */
  constructor(
    deps: LoginDeps,
    server: string,
    url: string,
    settings: LoginSettings | undefined,
    record: LoginRecord | null,
  ) {
    this.deps = deps;
    this.server = server;
    this.url = url;
    this.settings = settings ?? NO_LOGIN_SETTINGS;
    const before = record?.url === url ? record : noLogin(url);
    const isAskedFor = this.settings.isNeeded === true && !before.tokens && !this.isMachine;
    const asked = { since: deps.clock.now(), reason: said('said.login.not_yet'), scope: null, keeps: false };
    this.kept = new KeptLogin({ ...deps, server }, isAskedFor ? { ...before, needed: before.needed ?? asked } : before);
    this.authorization = new AuthorizationServer({
      ...deps,
      server,
      url,
      settings: this.settings,
      kept: this.kept,
      scope: () => this.askedScope,
      taker: (how) => {
        const { epoch } = this;
        return (tokens) => this.take(tokens, how, epoch);
      },
    });
    this.refused = new RefusedTokens({
      authorization: this.authorization,
      isMachine: this.isMachine,
      data: () => this.data,
      canRefresh: () => this.canRefresh(),
      refresh: () => this.refresh(),
      refreshing: () => this.refreshes.current,
      setNeeded: (reason, scope, keeps) => this.setNeeded(reason, scope, keeps),
      change: (signal) => this.changes.next(signal),
      isClosed: () => this.abort.signal.aborted,
    });
    this.refreshes = new RefreshLoop({
      ...deps,
      signal: this.abort.signal,
      attempt: () => this.authorization.refreshOnce(),
      over: async (reason, isClientUnknown) => {
        if (isClientUnknown) await this.kept.save({ client: null });
        await this.setNeeded(reason, this.data.tokens?.scope ?? null);
      },
      passing: (reason) => {
        this.trouble = reason;
        deps.changed();
      },
    });
    this.person = new PersonLogin({
      ...deps,
      url,
      acceptsOtherIssuer: this.settings.acceptsOtherIssuer,
      // The server may name another place by now than when it was last asked.
      discover: async () => this.authorization.discover(await this.authorization.challenge()),
      contextOf: (discovery) => this.authorization.flowContext(discovery),
      scope: () => this.askedScope,
      sentenceOf: (error) => this.authorization.impossible(error),
      changed: (trouble) => {
        this.trouble = trouble;
        deps.changed();
      },
    });
    if (this.data.refresh) void this.refresh();
    else this.planRefresh();
  }

  private get data(): LoginRecord {
    return this.kept.data;
  }

  /** Whether a person has to log in before requests are any use. */
  get isNeeded(): boolean {
    return this.data.needed !== null;
  }

  /** Whether every request waits for a login; false if the present token is good for some of them. */
  get isBlocked(): boolean {
    return this.data.needed !== null && !this.data.needed.keeps;
  }

  /** Why a request that waits is not sent. Completes a sentence whose subject is the server. */
  get waitSentence(): Sentence {
    return this.isNeeded ? this.neededSentence : this.troubleSentence();
  }

  /** What people are told while {@link isNeeded}. Completes a sentence whose subject is the server. */
  get neededSentence(): Sentence {
    const { host } = this;
    const name = this.server;
    return host === null ? said('said.login.needs', { name }) : said('said.login.needs_at', { host, name });
  }

  get host(): string | null {
    return this.authorization.host;
  }

  view(): LoginView {
    const { tokens, needed, account, expires_at, last_refresh_at, logged_in_at } = this.data;
    return {
      state: this.person.begun ? 'under_way' : needed ? 'needed' : tokens ? 'logged_in' : 'none',
      since: needed?.since ?? logged_in_at,
      host: this.host,
      account,
      is_machine: this.isMachine,
      scopes: tokens?.scope?.split(' ').filter(Boolean) ?? [],
      expires_at,
      refreshes: tokens?.refresh_token !== undefined || (this.isMachine && tokens !== null),
      last_refresh_at,
      held_calls: 0,
      problem: this.trouble ?? needed?.reason ?? null,
    };
  }

  /**
   * The token for the next request, refreshed before if it is nearly over; null without one.
   * @throws LoginNeeded when the request has waited for a login, or for the authorization server, for five minutes
   */
  async token(signal?: AbortSignal): Promise<string | null> {
    if (this.settings.isNeeded === false) return null;
    if (this.isMachine && this.isBlocked) await this.logInAgain();
    if (this.isBlocked || this.isOver()) await this.hold(signal);
    return this.data.tokens?.access_token ?? null;
  }

  /** The token at hand, whatever its age; null without one. For requests that must not wait. */
  get presentToken(): string | null {
    return this.data.tokens?.access_token ?? null;
  }

  /** The server took a request with this token. */
  accepted(): void {
    this.refused.accepted();
  }

  /**
   * The server refused a request that carried this token.
   * @returns whether it is worth sending once more with {@link token}; false when no login can help
   */
  async refuse(challenge: Challenge, token: string | null, request: RefusedRequest = {}): Promise<boolean> {
    if (this.settings.isNeeded === false) return false;
    if (token !== this.presentToken || this.isBlocked) return true;
    return this.refused.refuse(challenge, token, request);
  }

  /**
   * Gets another token for a request that may be refused for reasons of its own, such as a stream.
   * @returns whether there is another one than this
   */
  async renew(token: string): Promise<boolean> {
    if (token === this.presentToken && !this.isNeeded && this.canRefresh()) {
      await within(this.deps.timers, HOLD_LIMIT, this.refresh(), () => null);
    }
    return token !== this.presentToken;
  }

  /**
   * Waits until requests can be sent: until somebody has logged in or the token is refreshed.
   * @throws LoginNeeded after five minutes, or when the signal is aborted
   */
  async hold(signal?: AbortSignal): Promise<void> {
    const { timers } = this.deps;
    let isOver = false;
    const usable = (async () => {
      while (!isOver && (this.isBlocked || this.isOver())) {
        if (this.isBlocked) await this.changes.next(signal);
        else {
          // A wait for the authorization server ends when its request does, though the refresh goes on.
          const changed = this.changes.next(signal);
          void this.refresh();
          await changed;
        }
        if (signal?.aborted || this.abort.signal.aborted) return;
      }
    })();
    const late = () => new LoginNeeded(this.waitSentence);
    try {
      await within(timers, HOLD_LIMIT, usable, late);
      if (this.isBlocked || this.isOver()) throw late();
    } finally {
      isOver = true;
    }
  }

  /**
   * Begins a login of a person and says where to go. It can be finished for ten minutes.
   * @throws LoginImpossible, RequestFailed
   */
  async begin(how: 'browser' | 'device' = 'browser'): Promise<LoginBegun> {
    if (!this.isMachine) return this.person.begin(how);
    throw new LoginImpossible(said('said.login.machine'));
  }

  /** The login that was begun; null when there is none. */
  get begun(): BegunLogin | null {
    return this.person.begun;
  }

  /**
   * The login that was begun, or else a new one: whoever asks at the same time is sent to the same place.
   * @throws LoginImpossible, RequestFailed
   */
  async beginOnce(): Promise<Pick<BegunLogin, 'url' | 'host'>> {
    if (this.begun) return this.begun;
    this.beginning ??= this.begin().finally(() => {
      this.beginning = null;
    });
    return this.beginning;
  }

  /** Ends a login that was begun. */
  cancel(): void {
    this.person.cancel();
  }

  /** See {@link PersonLogin.finish}. */
  finish(parameters: URLSearchParams): Promise<void> {
    return this.person.finish(parameters);
  }

  /** Revokes the tokens where that is offered (RFC 7009), and forgets everything in any case. */
  async logOut(): Promise<{ revoked: boolean }> {
    const { tokens, discovery } = this.data;
    this.cancel();
    const { revokeTokens } = await import('./revoke');
    const revoked =
      tokens !== null &&
      discovery !== null &&
      (await revokeTokens(tokens, discovery, this.authorization.clientOf(discovery), this.deps.fetch).catch(
        () => false,
      ));
    const wasNeeded = tokens !== null || this.data.needed !== null;
    this.epoch += 1;
    this.trouble = null;
    this.cancelAhead();
    await this.kept.clear();
    if (wasNeeded && !this.isMachine) await this.kept.need(said('said.login.logged_out'), null);
    this.say([
      { at: this.deps.clock.now(), session_id: null, kind: 'logged_out', payload: { server: this.server, revoked } },
    ]);
    this.tell();
    return { revoked };
  }

  /** What the server last said of itself, for clients that come while nobody is logged in; null if that is not known. */
  get introduction(): InitializeResult | null {
    return this.data.introduction;
  }

  /** Keeps what the server said of itself. */
  introduced(introduction: InitializeResult): void {
    if (!this.data.tokens || JSON.stringify(this.data.introduction) === JSON.stringify(introduction)) return;
    void this.kept.save({ introduction });
  }

  /** Refreshes a token whose time has come. Call it after the machine slept. */
  wake(): void {
    // What could not be reached while the machine slept may be there now.
    this.refreshes.hurry();
    if (this.untilRefresh === 0) void this.refresh();
    else this.planRefresh();
  }

  /** Ends timers and waits. What is kept stays. */
  close(): void {
    this.abort.abort();
    this.kept.close();
    this.cancelAhead();
    this.person.cancel();
    this.tell();
  }

  /** What to ask for; null to ask for what the server names. */
  private get askedScope(): string | null {
    return this.data.needed?.scope ?? (this.settings.scopes.join(' ') || null);
  }

  private get isMachine(): boolean {
    return this.settings.who === 'machine';
  }

  /** Whether the token may no longer be used and can be replaced without a person. */
  private isOver(): boolean {
    return this.canRefresh() && isAtItsEnd(this.data, this.deps.clock.now());
  }

  private canRefresh(): boolean {
    const { tokens } = this.data;
    return tokens !== null && (this.isMachine || tokens.refresh_token !== undefined);
  }

  /** How long until the token is to be refreshed; null if it is not. */
  private get untilRefresh(): Ms | null {
    return this.isBlocked || !this.canRefresh() ? null : untilRefresh(this.data, this.deps.clock.now());
  }

  private planRefresh(): void {
    this.cancelAhead();
    const left = this.untilRefresh;
    // A timer cannot wait for longer than some weeks.
    if (left !== null) this.cancelAhead = this.deps.timers.after(Math.min(left, DAY), () => this.wake());
  }

  /**
   * A machine tries again with every request, since whatever was wrong may be put right by now.
   * @throws LoginNeeded with the reason, if it is not
   */
  private async logInAgain(): Promise<void> {
    await within(this.deps.timers, HOLD_LIMIT, this.refresh(), () => null);
    const { needed } = this.data;
    if (needed) throw new LoginNeeded(said('said.login.impossible', { what: needed.reason.replace(/\.$/, '') }));
  }

  private refresh(): Promise<RefreshOutcome['kind']> {
    this.cancelAhead();
    return this.refreshes.run();
  }

  private async take(tokens: StoredOAuthTokens, how: 'login' | 'refresh', epoch: number): Promise<void> {
    // Somebody has logged out since, or the entry is another one by now.
    if (epoch !== this.epoch || this.abort.signal.aborted) return;
    const isAnew = how === 'login' && !this.isMachine;
    const isEnough = how === 'login' || this.data.needed?.keeps !== true;
    const isLogin = isAnew || this.data.tokens === null || (this.isNeeded && isEnough);
    await this.kept.take(tokens, isAnew, isEnough);
    this.trouble = null;
    const of = { at: this.deps.clock.now(), session_id: null };
    const { server } = this;
    const by = this.isMachine ? ('machine' as const) : ('person' as const);
    this.say([
      isLogin
        ? { ...of, kind: 'logged_in', payload: { server, account: this.data.account, by } }
        : { ...of, kind: 'login_refreshed', payload: { server } },
    ]);
    this.planRefresh();
    this.tell();
  }

  private async setNeeded(reason: string, scope: string | null, keeps = false): Promise<void> {
    const wasNeeded = this.isNeeded;
    await this.kept.need(reason, scope, keeps);
    this.trouble = null;
    this.planRefresh();
    if (!wasNeeded) {
      const payload = { server: this.server, host: this.host, reason };
      this.say([{ at: this.deps.clock.now(), session_id: null, kind: 'login_needed', payload }]);
    }
    this.tell();
  }

  /** Records events. What cannot be recorded has happened all the same. */
  private say(events: readonly NewEvent[]): void {
    try {
      this.deps.record(events);
    } catch (err) {
      this.deps.log.warn({ err, server: this.server }, 'an event of a login could not be recorded');
    }
  }

  private troubleSentence(): Sentence {
    const { host } = this;
    return host === null ? said('said.login.trouble_unknown') : said('said.login.trouble', { host });
  }

  private tell(): void {
    this.changes.tell();
    this.deps.changed();
  }
}
