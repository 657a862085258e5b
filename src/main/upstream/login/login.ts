import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import type { NewEvent } from '../../../shared/contract/event';
import type { LoginBegun, Login as LoginView } from '../../../shared/contract/login';
import { type Sentence, said } from '../../../shared/messages/said';
import { DAY, MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { RequestFailed } from '../../http-client/failures';
import type { InitializeResult } from '../../mcp/server-channel';
import { within } from '../../platform/deadline';
import type { Clock, Random, Timers } from '../../platform/ports';
import { type Challenge, challengeOf, discoverLogin, hostOf } from './discovery';
import { flowSentence } from './flow-failures';
import { KeptLogin } from './kept-login';
import { LoginImpossible, LoginNeeded } from './login-failures';
import { LoginFlow } from './login-provider';
import { type LoginRecord, noLogin } from './login-record';
import { type LoginSettings, NO_LOGIN_SETTINGS } from './login-settings';
import type { OAuthFetch } from './oauth-fetch';
import { type BegunLogin, PersonLogin } from './person-login';
import { type RefreshOutcome, refreshTokens } from './refresh';
import { RefreshLoop } from './refresh-loop';
import { isAtItsEnd, untilRefresh } from './token-life';

/** How long a request waits for somebody to log in. */
export const HOLD_LIMIT: Ms = 5 * MINUTE;
/** How long a server may take to say where one logs in. */
const CHALLENGE_LIMIT: Ms = 5 * SECOND;
/** How often in a row a server may ask for more scope; with the first login that makes three. */
const MAX_STEP_UPS = 2;
/** Refreshes in a row whose token the server refused at once. */
const MAX_REFUSED = 2;

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
  private recovering: { readonly token: string | null; readonly verdict: Promise<boolean> } | null = null;
  private readonly refreshes: RefreshLoop;
  private readonly waiters = new Set<() => void>();
  private readonly abort = new AbortController();
  private trouble: string | null = null;
  /** Goes up when somebody logs out: what was begun before counts no longer. */
  private epoch = 0;
  private stepUps = 0;
  private refused = 0;
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
    this.refreshes = new RefreshLoop({
      ...deps,
      signal: this.abort.signal,
      attempt: () => this.refreshOnce(),
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
      discover: async () => this.discover(await this.challenge()),
      contextOf: (discovery) => this.flowContext(discovery),
      scope: () => this.askedScope,
      sentenceOf: (error) => this.impossible(error),
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
    const { discovery } = this.data;
    const issuer = discovery?.authorizationServerMetadata?.issuer ?? discovery?.authorizationServerUrl;
    if (issuer !== undefined) return hostOf(issuer);
    return this.settings.authorizationServer === null ? null : hostOf(this.settings.authorizationServer);
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
    this.stepUps = 0;
    this.refused = 0;
  }

  /**
   * The server refused a request that carried this token.
   * @returns whether it is worth sending once more with {@link token}; false when no login can help
   */
  async refuse(challenge: Challenge, token: string | null): Promise<boolean> {
    if (this.settings.isNeeded === false) return false;
    if (token !== this.presentToken || this.isBlocked) return true;
    // It may take as long as a person does; a token that ends meanwhile is refreshed all the same.
    if (challenge.status === 403) return this.stepUp(challenge);
    if (this.recovering?.token === token) return this.recovering.verdict;
    const verdict = this.recover(challenge, token).finally(() => {
      this.recovering = null;
    });
    this.recovering = { token, verdict };
    return verdict;
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
        if (this.isBlocked) await this.change(signal);
        else {
          // A wait for the authorization server ends when its request does, though the refresh goes on.
          const changed = this.change(signal);
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
      (await revokeTokens(tokens, discovery, this.clientOf(discovery), this.deps.fetch).catch(() => false));
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

  /** Whether the token must not be used any more, and another can be had without a person. */
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

  private async recover(challenge: Challenge, token: string | null): Promise<boolean> {
    if (token === null && this.isMachine) {
      await this.refresh();
      return true;
    }
    if (this.refreshes.current) {
      await this.refreshes.current;
      return true;
    }
    let discovery: OAuthDiscoveryState | null;
    try {
      // The authorization server may be another one by now.
      discovery = await this.discover(challenge);
    } catch (error) {
      if (this.isMachine || (error instanceof RequestFailed && token !== null && error.passing)) {
        return this.refreshAfter(challenge);
      }
      if (!challenge.isBearer && challenge.resourceMetadataUrl === null && token === null) return false;
      await this.setNeeded(this.impossible(error).message, null);
      return true;
    }
    if (discovery === null) return false;
    if (token !== this.presentToken) return true;
    const issuer = discovery.authorizationServerMetadata?.issuer;
    if (token !== null && this.data.tokens?.issuer === issuer && this.canRefresh()) return this.refreshAfter(challenge);
    const reason = token === null ? said('said.login.asks') : said('said.login.over');
    await this.setNeeded(reason, challenge.scope);
    return true;
  }

  /** Refreshes a token that the server refuses though it should be good. */
  private async refreshAfter(challenge: Challenge): Promise<boolean> {
    this.refused += 1;
    if (this.refused > MAX_REFUSED) {
      this.refused = 0;
      await this.setNeeded(said('said.login.refuses_all'), challenge.scope);
      return true;
    }
    await this.refresh();
    return true;
  }

  /** The login allows too little: what it allows so far and what is wanted now are asked for together. */
  private async stepUp(challenge: Challenge): Promise<boolean> {
    const { computeScopeUnion } = await import('@modelcontextprotocol/client');
    const { needed, tokens } = this.data;
    const scope = computeScopeUnion(needed?.scope ?? tokens?.scope, challenge.scope ?? undefined) ?? null;
    const isAskedFor = needed !== null && scope === needed.scope;
    if (!isAskedFor) {
      this.stepUps += 1;
      if (this.stepUps > MAX_STEP_UPS) return false;
      await this.setNeeded(
        challenge.scope === null
          ? said('said.login.allows_more')
          : said('said.login.also_allows', { scope: challenge.scope.slice(0, 200) }),
        scope,
        true,
      );
    }
    if (this.isMachine) await this.refresh();
    // What the present token allows goes on meanwhile.
    else while (this.isNeeded && !this.abort.signal.aborted) await this.change();
    return !this.abort.signal.aborted;
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

  private async refreshOnce(): Promise<RefreshOutcome> {
    const { deps, data, epoch } = this;
    try {
      const discovery = data.discovery ?? (await this.discover(null));
      if (discovery === null) return { kind: 'over', reason: said('said.login.not_offered') };
      if (this.isMachine) {
        const { auth } = await import('@modelcontextprotocol/client');
        const scope = this.askedScope;
        const flow = new LoginFlow(this.flowContext(discovery), '');
        await auth(flow, {
          serverUrl: this.url,
          fetchFn: deps.fetch,
          ...(scope === null ? {} : { scope }),
          ...this.skips(),
        });
        return { kind: 'refreshed' };
      }
      const client = this.clientOf(discovery);
      const { tokens } = data;
      if (!tokens?.refresh_token || !client) return { kind: 'over', reason: said('said.login.not_refreshed') };
      return await refreshTokens({
        tokens,
        discovery,
        client,
        settings: this.settings,
        url: this.url,
        random: deps.random,
        pending: data.refresh,
        fetchFor: deps.refreshFetch,
        savePending: (refresh) => this.kept.save({ refresh }),
        saveTokens: (next) => this.take(next, 'refresh', epoch),
        sign: this.signing,
      });
    } catch (error) {
      if (error instanceof RequestFailed && error.passing) return { kind: 'passing', reason: `It ${error.message}.` };
      return { kind: 'over', reason: this.impossible(error).message };
    }
  }

  /** What the server says to somebody who is not logged in; null if it says nothing of a login. */
  private async challenge(): Promise<Challenge | null> {
    const { fetch, timers } = this.deps;
    const limit = new AbortController();
    const cancelLimit = timers.after(CHALLENGE_LIMIT, () => limit.abort());
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
        signal: limit.signal,
      });
      const challenge = challengeOf(answer.status, answer.headers.get('www-authenticate') ?? undefined);
      return challenge.resourceMetadataUrl === null ? null : challenge;
    } catch {
      // What is wrong with it shows where its login is looked for.
      return null;
    } finally {
      cancelLimit();
    }
  }

  private async discover(challenge: Challenge | null): Promise<OAuthDiscoveryState | null> {
    const { url, settings } = this;
    const known = this.data.discovery?.resourceMetadataUrl;
    const asked: Challenge | null =
      challenge ??
      (known === undefined
        ? null
        : { status: 401, isBearer: true, resourceMetadataUrl: known, scope: null, error: null });
    const discovery = await discoverLogin({ url, settings, challenge: asked, fetch: this.deps.fetch });
    if (discovery) await this.kept.save({ discovery: discovery });
    return discovery;
  }

  private flowContext(discovery: OAuthDiscoveryState) {
    const redirectUri = this.deps.redirectUri();
    const { epoch } = this;
    const isSame = this.data.redirect_uri === redirectUri || this.isMachine;
    return {
      settings: this.settings,
      redirectUri,
      discovery,
      client: isSame ? this.data.client : null,
      saveClient: (client: StoredOAuthClientInformation) =>
        this.kept.save({ client: client, redirect_uri: redirectUri }),
      saveTokens: (tokens: StoredOAuthTokens) => this.take(tokens, 'login', epoch),
      sign: this.signing,
    };
  }

  private get signing() {
    const { privateKey, clientId, algorithm } = this.settings;
    if (privateKey === null || clientId === null) return null;
    return async (headers: Headers, params: URLSearchParams, url: string | URL, metadata?: unknown) => {
      const { createPrivateKeyJwtAuth } = await import('@modelcontextprotocol/client');
      const sign = createPrivateKeyJwtAuth({ issuer: clientId, subject: clientId, privateKey, alg: algorithm });
      await sign(headers, params, url, metadata as never);
    };
  }

  /** The client as which tokens of this authorization server are refreshed and revoked; null if it is not known. */
  private clientOf(discovery: OAuthDiscoveryState): StoredOAuthClientInformation | null {
    const flow = new LoginFlow({ ...this.flowContext(discovery), client: this.data.client }, '');
    const issuer = discovery.authorizationServerMetadata?.issuer;
    return flow.clientInformation(issuer === undefined ? undefined : { issuer }) ?? null;
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

  private skips(): { skipIssuerMetadataValidation?: true } {
    return this.settings.acceptsOtherIssuer ? { skipIssuerMetadataValidation: true } : {};
  }

  private impossible(error: unknown): LoginImpossible {
    if (error instanceof LoginImpossible) return error;
    if (error instanceof RequestFailed)
      return new LoginImpossible(said('said.server.unnamed', { what: error.message }), { cause: error });
    this.deps.log.warn({ err: { name: (error as Error).name }, server: this.server }, 'a login failed');
    return new LoginImpossible(flowSentence(error, this.deps.redirectUri()), { cause: error });
  }

  private troubleSentence(): Sentence {
    const { host } = this;
    return host === null ? said('said.login.trouble_unknown') : said('said.login.trouble', { host });
  }

  /** Resolves with the next change of the login, or when the signal is aborted. */
  private change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        this.waiters.delete(over);
        signal?.removeEventListener('abort', over);
        resolve();
      };
      this.waiters.add(over);
      signal?.addEventListener('abort', over);
      if (signal?.aborted) over();
    });
  }

  private tell(): void {
    for (const waiter of [...this.waiters]) waiter();
    this.deps.changed();
  }
}
