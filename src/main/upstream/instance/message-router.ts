import { DAY, type Ms, SECOND } from '../../../shared/model/units';
import {
  isNotification,
  isObject,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { sizeOf } from '../../mcp/message-text';
import type { OpenCall } from '../../mcp/server-channel';
import { unanswered } from '../../mcp/unanswered';
import type { Clock, Timers } from '../../platform/ports';
import type { ServerConnection } from '../server-connection';
import type { ClientSettings } from '../upstream-ports';
import {
  type AllClientSettings,
  levelOf,
  urisOf,
  wantsLog,
  wantsUpdate,
  withLevel,
  withoutSession,
  withSubscription,
} from './client-settings';
import type { InstanceActivity } from './instance-activity';
import { LostState } from './lost-state';
import type { SafeCalls } from './safe-calls';

const LEFT = 'The session that was asked uses this process no longer.';
const NOBODY_WAITS = 'Nobody waits for this call any more: its session went on in another client, or is over.';
/** Longer calls are given up: nobody can still be waiting for them. */
const CALL_LIMIT: Ms = DAY;
/** Messages kept while no channel is attached. The oldest are dropped first. */
const MAX_BACKLOG = 100;
/** Unanswered requests from the server. The oldest are forgotten first. */
const MAX_ASKED = 1_000;
/** Larger ones are not asked again when the session that was asked leaves one that it shared the server with. */
const MAX_ASKED_AGAIN = 32 * 1_024;
/** How long answers to calls made before a restart wait for the call to be resumed. */
const LATE_LIMIT: Ms = 30 * SECOND;
const MAX_LATE = 1_000;
/** A hint that came again within this time is passed on once more at its end, however often it came. */
const HINT_WITHIN: Ms = 250;
const MAX_HINTS = 1_000;

/** A user of an instance. Everything delivered to it is for one session. */
export interface RoutedChannel {
  readonly sessionKey: string;
  /** Whether Holdfast may add a note of its own to a result. */
  readonly takesNotes: boolean;
  /** Whether its client answers requests of this method, as far as is known. */
  can(method: string): boolean;
  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void;
}

/** Two sessions that use an instance together: the one that its server asks, and the other one. */
export interface Parties {
  readonly asked: string;
  readonly other: string;
}

export interface MessageRouterOptions {
  readonly isShared: boolean;
  /** The session that the instance belongs to; null when it is shared by all. */
  readonly own: () => string | null;
  /** Whether the client of this session is not there. */
  readonly isAway: (sessionKey: string) => boolean;
  readonly safe: SafeCalls;
  readonly activity: InstanceActivity;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly clientSettings: AllClientSettings;
  /** Called after {@link MessageRouter.clientSettings} changes. */
  readonly onClientSettings: () => void;
  /** Sends the server a request of our own. */
  readonly ask: (method: string, params: Params) => void;
}

interface Hint {
  readonly cancel: () => void;
  /** Passes on what came meanwhile; null when nothing did. */
  again: (() => void) | null;
}

/** A request from the server that was passed on. */
interface Asked {
  /** Null once that is gone. */
  channel: RoutedChannel | null;
  /** Whose answer it takes. */
  sessionKey: string | null;
  readonly method: string;
  /** Null if it is not to be asked again. */
  readonly message: JsonRpcRequest | null;
}

interface Call {
  /** Null once nobody waits for the answer. */
  channel: RoutedChannel | null;
  /** Null for a call made before a restart of Holdfast. */
  readonly request: JsonRpcRequest | null;
  readonly isRepeat: boolean;
  readonly since: Ms;
}

/**
 * Routes messages between an instance and its channels. Over stdio a server does not say which request its own messages
 * belong to. Progress is routed by its token; log messages and requests go to the running call if there is exactly one;
 * everything else goes to every channel. Of two sessions that share the instance, both get log messages, and one is asked.
 */
export class MessageRouter {
  readonly lostState = new LostState();
  private readonly options: MessageRouterOptions;
  private readonly channels = new Set<RoutedChannel>();
  private readonly calls = new Map<RequestId, Call>();
  private readonly asked = new Map<RequestId, Asked>();
  /** Messages that nobody was there for, with the session that each is for; null: for whoever comes first. */
  private backlog: { readonly message: JsonRpcMessage; readonly sessionKey: string | null }[] = [];
  private parties: Parties | null = null;
  private readonly late = new Map<RequestId, JsonRpcResponse>();
  private lateUntil: Ms = 0;
  /** Hints passed on just now, and whether each has come again since. */
  private readonly hints = new Map<string, Hint>();
  private connection: ServerConnection | null = null;
  private isAdopted = false;
  private settings: AllClientSettings;

  constructor(options: MessageRouterOptions) {
    this.options = options;
    this.settings = options.clientSettings;
  }

  /** What each session set on the server. */
  get clientSettings(): AllClientSettings {
    return this.settings;
  }

  /** Number of calls in progress. */
  get running(): number {
    return this.calls.size;
  }

  /** The calls in progress that this run began, with who waits for each. */
  get calling(): readonly (readonly [RoutedChannel, JsonRpcRequest])[] {
    return [...this.calls.values()].flatMap(({ channel, request }) =>
      channel && request ? [[channel, request] as const] : [],
    );
  }

  attach(channel: RoutedChannel): void {
    this.channels.add(channel);
    const isFor = (sessionKey: string | null) => sessionKey === null || sessionKey === channel.sessionKey;
    const due = this.backlog.filter(({ sessionKey }) => isFor(sessionKey));
    this.backlog = this.backlog.filter(({ sessionKey }) => !isFor(sessionKey));
    for (const { message } of due) {
      const asked = isRequest(message) ? this.asked.get(message.id) : undefined;
      if (asked) Object.assign(asked, { channel, sessionKey: channel.sessionKey });
      this.toOne(channel, message, null);
    }
  }

  /** The sessions that share the instance; empty while none do. */
  get sharers(): readonly string[] {
    return this.parties ? [this.parties.asked, this.parties.other] : [];
  }

  /** The session that the server asks, of two that share it; null while none is shared. */
  get askedParty(): string | null {
    return this.parties?.asked ?? null;
  }

  /**
   * Two sessions share the instance from now on, or no longer: null. What the one that leaves has not answered is asked the one
   * that stays.
   */
  share(parties: Parties | null, stays: string): void {
    const before = this.parties;
    this.parties = parties;
    // What waited until now was for the only user that there was.
    if (!before && parties) {
      this.backlog = this.backlog.map((one) => ({ ...one, sessionKey: one.sessionKey ?? this.options.own() }));
    }
    if (before && !parties) this.left(before.asked === stays ? before.other : before.asked);
  }

  /**
   * Answers the channel's calls with an error of this sentence. They go on, and what they answer goes to nobody. What it was
   * asked is taken back: its answer would reach another process, which may have asked something with the same id.
   */
  leave(channel: RoutedChannel, sentence: string): void {
    for (const [id, call] of this.calls) {
      if (call.channel !== channel) continue;
      call.channel = null;
      channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    }
    for (const [id, asked] of this.asked) if (asked.channel === channel) channel.deliver(cancelled(id, LEFT), null);
  }

  /** Gives up a call that its server has not got yet, without a word to whoever waits for it. */
  withdraw(id: RequestId, reason: string): void {
    if (this.calls.delete(id)) this.cancel(id, reason);
  }

  /**
   * Removes a channel. On a shared server its calls are cancelled, and so are those of a session that shared this one until it
   * ended; else they go on unanswered.
   */
  detach(channel: RoutedChannel): void {
    this.channels.delete(channel);
    for (const [id, call] of this.calls) {
      if (call.channel !== channel) continue;
      call.channel = null;
      if (!this.options.isShared && this.isUser(channel.sessionKey)) continue;
      this.cancel(id, 'The session has ended.');
      this.calls.delete(id);
    }
    for (const asked of this.asked.values()) if (asked.channel === channel) asked.channel = null;
  }

  /** Sets the connection. Calls are sent on it only once it is initialized. */
  up(connection: ServerConnection, isAdopted: boolean): void {
    this.connection = connection;
    this.isAdopted = isAdopted;
    if (isAdopted) this.lateUntil = this.options.clock.monotonic() + LATE_LIMIT;
  }

  /**
   * Call when the connection is gone. Calls that must not be repeated are answered with an error at once.
   * @param why - sentence for the callers
   * @param notTaken - requests that the server certainly did not start on
   * @returns how many calls got an error, and the requests that may be sent again
   */
  down(why: string, notTaken: readonly RequestId[]): { lost: number; repeat: [RoutedChannel, JsonRpcRequest][] } {
    this.connection = null;
    for (const { cancel } of this.hints.values()) cancel();
    this.hints.clear();
    const calls = [...this.calls];
    this.calls.clear();
    this.late.clear();
    for (const [id, { channel }] of [...this.asked]) {
      if (channel) this.toOne(channel, cancelled(id, why), null);
    }
    this.asked.clear();
    this.options.activity.down();
    const repeat: [RoutedChannel, JsonRpcRequest][] = [];
    let lost = 0;
    for (const [id, { channel, request, isRepeat }] of calls) {
      if (!channel) continue;
      if (request && !isRepeat && (notTaken.includes(id) || this.options.safe.isSafe(request))) {
        repeat.push([channel, request]);
        continue;
      }
      lost += 1;
      this.options.activity.lost(id);
      channel.deliver(rpcError(id, RPC.serverError, `${why} The outcome of the call is unknown.`), id);
    }
    return { lost, repeat };
  }

  /** Forwards a request. The connection must be up. */
  request(channel: RoutedChannel, request: JsonRpcRequest, isRepeat: boolean): void {
    const setting = this.settingIn(channel.sessionKey, request);
    const isOfMany = this.options.isShared || this.parties !== null;
    if (setting && isOfMany && !setting.isNews) {
      this.setClientSettings(setting.after);
      channel.deliver({ jsonrpc: '2.0', id: request.id, result: {} }, request.id);
      return;
    }
    this.calls.set(request.id, { channel, request, isRepeat, since: this.options.clock.monotonic() });
    this.options.activity.sent(request.id, isRepeat);
    this.connection?.send(setting && isOfMany ? { ...request, params: setting.params } : request);
  }

  /** Forwards a client's notification. A shared server gets only cancellations. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') {
      const id = message.params?.requestId as RequestId;
      if (this.calls.get(id)?.channel !== channel) return;
      this.calls.delete(id);
    } else if (this.options.isShared) return;
    // Whoever is not asked for its roots has no say in them.
    else if (message.method === 'notifications/roots/list_changed' && this.isOther(channel)) return;
    this.connection?.send(message);
  }

  /** Forwards a client's answer. An answer to a process that is gone, or to what another session was asked, is dropped. */
  respond(channel: RoutedChannel, message: JsonRpcResponse): void {
    if (message.id === null) return;
    const asked = this.asked.get(message.id);
    if (asked && asked.sessionKey !== channel.sessionKey) return;
    this.options.activity.answered(message);
    if (!this.asked.delete(message.id) && !this.isAdopted) return;
    this.connection?.send(message);
  }

  /** Resumes calls made before a restart. Returns the ids of those that will never be answered. */
  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    const since = this.options.clock.monotonic();
    const lost: RequestId[] = [];
    for (const { id } of calls) {
      const late = this.late.get(id);
      if (late) queueMicrotask(() => channel.deliver(late, id));
      else if (this.isAdopted && this.connection?.mayAnswer(id)) {
        this.calls.set(id, { channel, request: null, isRepeat: false, since });
      } else lost.push(id);
      this.late.delete(id);
    }
    return lost;
  }

  /** The session brings what it has set on another process of the server. */
  bring(sessionKey: string, settings: ClientSettings): void {
    const before = this.settings;
    this.setClientSettings({ ...before, [sessionKey]: settings });
    if (!this.connection) return;
    const known = urisOf(before);
    for (const uri of settings.subscriptions) if (!known.has(uri)) this.options.ask('resources/subscribe', { uri });
    const level = levelOf(this.settings);
    if (level !== null && level !== levelOf(before)) this.options.ask('logging/setLevel', { level });
  }

  /** The session is over: undoes the settings that only it wanted. */
  forget(sessionKey: string): void {
    this.lostState.forget(sessionKey);
    if (!this.settings[sessionKey]) return;
    const before = this.settings;
    this.setClientSettings(withoutSession(before, sessionKey));
    if (!this.connection) return;
    const wanted = urisOf(this.settings);
    for (const uri of urisOf(before)) if (!wanted.has(uri)) this.options.ask('resources/unsubscribe', { uri });
    const level = levelOf(this.settings);
    if (level !== null && level !== levelOf(before)) this.options.ask('logging/setLevel', { level });
  }

  /** Gives up calls that have run for more than a day. Call it every minute or so. */
  sweep(): void {
    const now = this.options.clock.monotonic();
    if (now > this.lateUntil) this.late.clear();
    for (const [id, { channel, since }] of this.calls) {
      if (now - since < CALL_LIMIT) continue;
      this.cancel(id, 'It ran for too long.');
      this.calls.delete(id);
      channel?.deliver(rpcError(id, RPC.serverError, 'The server did not answer within a day.'), id);
    }
  }

  /** Tells every channel that what the server offers may have changed. */
  announce(capabilities: Params): void {
    for (const kind of ['tools', 'resources', 'prompts']) {
      if (kind in capabilities) this.toAll({ jsonrpc: '2.0', method: `notifications/${kind}/list_changed` }, null);
    }
  }

  /** Routes a message from the server. Answers to {@link MessageRouterOptions.ask} must not be passed in. */
  take(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isRequest(message)) this.takeRequest(message, relatedTo);
    else if (isNotification(message)) this.takeNotification(message, relatedTo);
    else this.takeResponse(message);
  }

  private takeResponse(message: JsonRpcResponse): void {
    const id = message.id as RequestId;
    const call = this.calls.get(id);
    if (!call) {
      const mayBeTakenUp = this.isAdopted && this.options.clock.monotonic() < this.lateUntil;
      if (mayBeTakenUp && this.late.size < MAX_LATE) this.late.set(id, message);
      return;
    }
    this.calls.delete(id);
    if (call.request?.method === 'tools/list') this.options.safe.learn(message.result);
    if (call.request && call.channel && message.error === undefined) {
      const setting = this.settingIn(call.channel.sessionKey, call.request);
      if (setting) this.setClientSettings(setting.after);
    }
    const { channel, request } = call;
    const isOfTool = request === null || request.method === 'tools/call';
    const takesNote = channel?.takesNotes && isOfTool;
    channel?.deliver(takesNote ? this.lostState.told(channel.sessionKey, message) : message, id);
  }

  private takeRequest(message: JsonRpcRequest, relatedTo: RequestId | null): void {
    if (message.method === 'ping') {
      this.connection?.send({ jsonrpc: '2.0', id: message.id, result: {} });
    } else if (this.options.isShared) {
      const text = 'Several sessions share this server, so nobody can be asked. Choose the policy "per-session".';
      this.connection?.send(rpcError(message.id, RPC.methodNotFound, text));
    } else {
      const related = this.callOf(relatedTo) ?? this.onlyCall();
      const to = this.parties
        ? this.whoIsAsked(this.parties)
        : (related?.[1].channel?.sessionKey ?? this.options.own());
      this.options.activity.asks(message, to);
      // Whoever has the session now did not make the call, so its questions are nothing to them.
      if (related?.[1].channel === null) this.answer(unanswered(message.id, message.method, NOBODY_WAITS));
      else this.ask(message, to, related);
    }
  }

  private ask(message: JsonRpcRequest, sessionKey: string | null, related: [RequestId, Call] | null): void {
    const { id, method } = message;
    const caller = related?.[1].channel ?? null;
    const channel = caller?.sessionKey === sessionKey ? caller : this.newestOf(sessionKey);
    if (this.parties && channel?.can(method) === false) {
      const text = `Two sessions share this server, and the client that is asked does not answer ${method}. A person can choose the other one, in Holdfast.`;
      this.answer(rpcError(id, RPC.methodNotFound, text));
      return;
    }
    const isKept = this.parties !== null && sizeOf(message) <= MAX_ASKED_AGAIN;
    this.asked.set(id, { channel, sessionKey, method, message: isKept ? message : null });
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
    this.toOne(channel, message, caller === channel && related ? related[0] : null, sessionKey);
  }

  /** Answers a request of the server for its clients. */
  private answer(response: JsonRpcResponse): void {
    this.options.activity.answered(response);
    this.connection?.send(response);
  }

  /** Of two sessions the chosen one, unless it is away and the other is there. */
  private whoIsAsked({ asked, other }: Parties): string {
    const isThere = (key: string) => this.newestOf(key) !== null && !this.options.isAway(key);
    return !isThere(asked) && isThere(other) ? other : asked;
  }

  /** Whether it is the instance's own session, or shares it. */
  private isUser(sessionKey: string): boolean {
    return [this.options.own(), this.parties?.asked, this.parties?.other].includes(sessionKey);
  }

  private isOther({ sessionKey }: RoutedChannel): boolean {
    return this.parties !== null && sessionKey !== this.parties.asked;
  }

  /** The session shares the instance no longer. */
  private left(sessionKey: string): void {
    this.backlog = this.backlog.filter((one) => one.sessionKey !== sessionKey);
    for (const [id, asked] of [...this.asked]) {
      if (asked.sessionKey !== sessionKey) continue;
      this.asked.delete(id);
      if (asked.channel && this.channels.has(asked.channel)) asked.channel.deliver(cancelled(id, LEFT), null);
      if (asked.message) this.ask(asked.message, this.options.own(), null);
      else this.answer(unanswered(id, asked.method, LEFT));
    }
    this.forget(sessionKey);
  }

  private takeNotification(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    if (message.method === 'notifications/tools/list_changed') this.options.safe.forget();
    if (this.isRepeatedHint(message, relatedTo)) return;
    this.passOn(message, relatedTo);
  }

  /**
   * Whether this is a hint that was passed on just now. Such a message says only that there is something to fetch, so one
   * of many does for all.
   */
  private isRepeatedHint(message: JsonRpcNotification, relatedTo: RequestId | null): boolean {
    const name = hintOf(message);
    if (name === null) return false;
    const known = this.hints.get(name);
    if (known) {
      known.again = () => this.takeNotification(message, relatedTo);
      return true;
    }
    if (this.hints.size >= MAX_HINTS) return false;
    const cancel = this.options.timers.after(HINT_WITHIN, () => {
      this.hints.delete(name);
      hint.again?.();
    });
    const hint: Hint = { cancel, again: null };
    this.hints.set(name, hint);
    return false;
  }

  private passOn(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const { method, params } = message;
    this.options.activity.tells(message);
    if (method === 'notifications/progress') {
      // The relay's ids serve as progress tokens too.
      const id = params?.progressToken as RequestId;
      const call = this.calls.get(id);
      if (call && wantsProgress(call)) call.channel?.deliver(message, id);
    } else if (method === 'notifications/cancelled') {
      const id = params?.requestId as RequestId;
      const asked = this.asked.get(id);
      this.options.activity.takenBack(id);
      if (this.asked.delete(id)) this.toOne(asked?.channel ?? null, message, relatedTo, asked?.sessionKey);
    } else if (method === 'notifications/message') {
      const call = this.callOf(relatedTo) ?? this.onlyCall();
      const isOfMany = this.options.isShared || this.parties !== null;
      const wants = (sessionKey: string) => !isOfMany || wantsLog(this.settings, sessionKey, params?.level);
      if (!call) this.toAll(message, null, wants);
      // What a call says that nobody waits for is nothing to whoever has the session now.
      else if (call[1].channel === null) return;
      else {
        const { channel } = call[1];
        if (wants(channel.sessionKey)) channel.deliver(message, call[0]);
        if (this.parties) this.toAll(message, null, (key) => key !== channel.sessionKey && wants(key));
      }
    } else if (method === 'notifications/resources/updated') {
      this.toAll(message, relatedTo, (sessionKey) => wantsUpdate(this.settings, sessionKey, params?.uri));
    } else {
      const call = this.parties && hintOf(message) !== null ? null : this.callOf(relatedTo);
      if (call?.[1].channel) call[1].channel.deliver(message, call[0]);
      else this.toAll(message, null);
    }
  }

  /** Delivers a message to every session that `isFor` accepts. A server of one session ignores `isFor`. */
  private toAll(message: JsonRpcMessage, relatedTo: RequestId | null, isFor?: (sessionKey: string) => boolean): void {
    if (this.parties) {
      for (const key of [this.parties.asked, this.parties.other]) {
        if (!isFor || isFor(key)) this.toOne(this.newestOf(key), message, null, key);
      }
    } else if (!this.options.isShared) this.toOne(this.newestOf(this.options.own()), message, relatedTo);
    else for (const channel of this.channels) if (!isFor || isFor(channel.sessionKey)) channel.deliver(message, null);
  }

  /** @param sessionKey - whom it waits for if the channel is not there; null or omitted: for whoever comes first */
  private toOne(
    channel: RoutedChannel | null,
    message: JsonRpcMessage,
    relatedTo: RequestId | null,
    sessionKey: string | null = null,
  ): void {
    if (channel && this.channels.has(channel)) {
      channel.deliver(message, relatedTo);
      return;
    }
    if (this.options.isShared) return;
    this.backlog.push({ message, sessionKey: this.parties && sessionKey });
    if (this.backlog.length > MAX_BACKLOG) this.backlog.shift();
  }

  private newestOf(sessionKey: string | null): RoutedChannel | null {
    return [...this.channels].findLast((channel) => channel.sessionKey === sessionKey) ?? null;
  }

  private callOf(id: RequestId | null): [RequestId, Call] | null {
    const call = id === null ? undefined : this.calls.get(id);
    return call && id !== null ? [id, call] : null;
  }

  private onlyCall(): [RequestId, Call] | null {
    const calls = [...this.calls];
    const others = calls.filter(([, { request }]) => request === null || !request.method.endsWith('/list'));
    // Holdfast lists by itself beside what a client asks; a server that asks something back hardly asks it for a list.
    const [only, ...more] = others.length === 0 ? calls : others;
    return more.length === 0 ? (only ?? null) : null;
  }

  private cancel(id: RequestId, reason: string): void {
    this.connection?.send(cancelled(id, reason));
  }

  /**
   * The settings after this request, or null if it is about something else. `isNews` says whether a shared server must
   * be told, with `params`.
   */
  private settingIn(
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

  private setClientSettings(settings: AllClientSettings): void {
    this.settings = settings;
    this.options.onClientSettings();
  }
}

/** Whether the client asked for progress. For calls made before a restart this is unknown, so progress is delivered. */
const wantsProgress = ({ request }: Call): boolean =>
  request === null || (isObject(request.params?._meta) && request.params._meta.progressToken !== undefined);

/** Identifies a message that only says what to fetch again; null for any other. */
function hintOf({ method, params }: JsonRpcNotification): string | null {
  if (method === 'notifications/resources/updated') return `${method} ${String(params?.uri)}`;
  return method.endsWith('/list_changed') ? method : null;
}

const cancelled = (requestId: RequestId, reason: string): JsonRpcNotification => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason },
});
