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
import type { OpenCall } from '../../mcp/server-channel';
import type { Clock, Timers } from '../../platform/ports';
import type { ServerConnection } from '../server-connection';
import type { ClientSettings } from '../upstream-ports';
import type { KeptQuestion, QuestionKeeper } from './asked-questions';
import { cancelled } from './cancelled';
import { type AllClientSettings, wantsLog, wantsUpdate } from './client-settings';
import { CurrentClientSettings } from './current-client-settings';
import type { InstanceActivity } from './instance-activity';
import { LostState } from './lost-state';
import { Recipients } from './recipients';
import { hintOf, RepeatedHints } from './repeated-hints';
import type { Parties, RoutedChannel } from './routed-channel';
import { type RunningCall, RunningCalls } from './running-calls';
import type { SafeCalls } from './safe-calls';
import { ServerQuestions } from './server-questions';

export interface MessageRouterOptions extends QuestionKeeper {
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

/**
 * Routes messages between an instance and its channels. Over stdio a server does not say which request its own messages
 * belong to. Progress is routed by its token; log messages and requests go to the running call if there is exactly one;
 * everything else goes to every channel. Of two sessions that share the instance, both get log messages, and one is asked.
 */
export class MessageRouter {
  readonly lostState = new LostState();
  private readonly options: MessageRouterOptions;
  private readonly recipients: Recipients;
  private readonly calls: RunningCalls;
  private readonly questions: ServerQuestions;
  private readonly hints: RepeatedHints;
  private readonly settings: CurrentClientSettings;
  private connection: ServerConnection | null = null;
  private isAdopted = false;

  constructor(options: MessageRouterOptions) {
    this.options = options;
    this.recipients = new Recipients(options);
    this.calls = new RunningCalls(options.clock);
    this.hints = new RepeatedHints(options.timers);
    this.settings = new CurrentClientSettings({ ...options, isUp: () => this.connection !== null });
    this.questions = new ServerQuestions({
      ...options,
      recipients: this.recipients,
      send: (message) => this.connection?.send(message),
    });
  }

  /** What each session set on the server. */
  get clientSettings(): AllClientSettings {
    return this.settings.all;
  }

  /** Number of calls in progress. */
  get running(): number {
    return this.calls.size;
  }

  /** The calls in progress that this run began, with who waits for each. */
  get calling(): readonly (readonly [RoutedChannel, JsonRpcRequest])[] {
    return this.calls.all.flatMap(([, { channel, request }]) =>
      channel && request ? [[channel, request] as const] : [],
    );
  }

  attach(channel: RoutedChannel): void {
    for (const message of this.recipients.attach(channel)) {
      if (isRequest(message)) this.questions.reached(message.id, channel);
      this.recipients.toOne(channel, message, null);
    }
  }

  /** The sessions that share the instance; empty while none do. */
  get sharers(): readonly string[] {
    const { parties } = this.recipients;
    return parties ? [parties.asked, parties.other] : [];
  }

  /** The session that the server asks, of two that share it; null while none is shared. */
  get askedParty(): string | null {
    return this.recipients.parties?.asked ?? null;
  }

  /**
   * Two sessions share the instance from now on, or no longer: null. What the one that leaves has not answered is asked the one
   * that stays.
   */
  share(parties: Parties | null, stays: string): void {
    const before = this.recipients.parties;
    this.recipients.share(parties);
    if (!before && parties) this.questions.keepAll();
    if (!before || parties) return;
    const left = before.asked === stays ? before.other : before.asked;
    this.recipients.dropWaiting(left);
    this.questions.left(left);
    this.forget(left);
  }

  /**
   * Answers the channel's calls with an error of this sentence. They go on, and what they answer goes to nobody. What it was
   * asked is taken back: its answer would reach another process, which may have asked something with the same id.
   */
  leave(channel: RoutedChannel, sentence: string): void {
    for (const [id] of this.calls.leftBy(channel)) channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    this.questions.leave(channel);
  }

  /** Gives up a call that its server has not got yet, without a word to whoever waits for it. */
  withdraw(id: RequestId, reason: string): void {
    if (!this.calls.get(id)) return;
    this.calls.delete(id);
    this.connection?.send(cancelled(id, reason));
  }

  /**
   * Removes a channel. On a shared server its calls are cancelled, and so are those of a session that shared this one until it
   * ended; else they go on unanswered.
   */
  detach(channel: RoutedChannel): void {
    this.recipients.detach(channel);
    const goOn = !this.options.isShared && this.recipients.isUser(channel.sessionKey);
    for (const [id] of this.calls.leftBy(channel)) {
      if (goOn) continue;
      this.connection?.send(cancelled(id, 'The session has ended.'));
      this.calls.delete(id);
    }
    this.questions.detach(channel);
  }

  /** Sets the connection. Calls are sent on it only once it is initialized. */
  up(connection: ServerConnection, isAdopted: boolean): void {
    this.connection = connection;
    this.isAdopted = isAdopted;
    if (isAdopted) this.calls.expectLate();
  }

  /**
   * Call when the connection is gone. Calls that must not be repeated are answered with an error at once.
   * @param why - sentence for the callers
   * @param notTaken - requests that the server certainly did not start on
   * @returns how many calls got an error, and the requests that may be sent again
   */
  down(why: string, notTaken: readonly RequestId[]): { lost: number; repeat: [RoutedChannel, JsonRpcRequest][] } {
    this.connection = null;
    this.hints.clear();
    const calls = this.calls.clear();
    this.questions.down(why);
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
    const setting = this.settings.after(channel.sessionKey, request);
    const { areMany } = this.recipients;
    if (setting && areMany && !setting.isNews) {
      this.settings.set(setting.after);
      channel.deliver({ jsonrpc: '2.0', id: request.id, result: {} }, request.id);
      return;
    }
    this.calls.add(request.id, channel, request, isRepeat);
    this.options.activity.sent(request.id, isRepeat);
    this.connection?.send(setting && areMany ? { ...request, params: setting.params } : request);
  }

  /** Forwards a client's notification. A shared server gets only cancellations. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') {
      const id = message.params?.requestId as RequestId;
      if (this.calls.get(id)?.channel !== channel) return;
      this.calls.delete(id);
    } else if (this.options.isShared) return;
    // Whoever is not asked for its roots has no say in them.
    else if (message.method === 'notifications/roots/list_changed' && this.recipients.isOther(channel)) return;
    this.connection?.send(message);
  }

  /** Forwards a client's answer. An answer to a process that is gone, or to what another session was asked, is dropped. */
  respond(channel: RoutedChannel, message: JsonRpcResponse): void {
    this.questions.respond(channel, message, this.isAdopted);
  }

  /**
   * What an adopted server asked before the restart: it is answered by whom it was asked, within ten minutes, or asked again where
   * that session has left. Sharing must be known by now.
   */
  restore(questions: readonly KeptQuestion[]): void {
    this.questions.restore(questions);
  }

  /** Resumes calls made before a restart. Returns the ids of those that will never be answered. */
  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    const lost: RequestId[] = [];
    for (const call of calls) {
      const { id } = call;
      const late = this.calls.takeLate(id);
      if (late) queueMicrotask(() => channel.deliver(late, id));
      else if (this.isAdopted && this.connection?.mayAnswer(id)) {
        this.calls.resume(call, channel);
      } else lost.push(id);
    }
    return lost;
  }

  /** The session brings what it has set on another process of the server. */
  bring(sessionKey: string, settings: ClientSettings): void {
    this.settings.bring(sessionKey, settings);
  }

  /** The session is over: undoes the settings that only it wanted. */
  forget(sessionKey: string): void {
    this.lostState.forget(sessionKey);
    this.settings.forget(sessionKey);
  }

  /** Gives up calls that have run for more than a day, and questions that nobody has answered. Call it every minute or so. */
  sweep(): void {
    for (const [id, { channel }] of this.calls.takeExpired()) {
      this.connection?.send(cancelled(id, 'It ran for too long.'));
      channel?.deliver(rpcError(id, RPC.serverError, 'The server did not answer within a day.'), id);
    }
    this.questions.sweep((sessionKey) => this.calls.isAwaited(sessionKey));
  }

  /** Tells every channel that what the server offers may have changed. */
  announce(capabilities: Params): void {
    for (const kind of ['tools', 'resources', 'prompts']) {
      if (kind in capabilities)
        this.recipients.toAll({ jsonrpc: '2.0', method: `notifications/${kind}/list_changed` }, null);
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
      if (this.isAdopted) this.calls.keepLate(id, message);
      return;
    }
    this.calls.delete(id);
    if (call.request?.method === 'tools/list') this.options.safe.learn(message.result);
    if (call.request && call.channel && message.error === undefined) {
      const setting = this.settings.after(call.channel.sessionKey, call.request);
      if (setting) this.settings.set(setting.after);
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
    } else this.questions.take(message, this.calls.find(relatedTo) ?? this.calls.only());
  }

  private takeNotification(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    if (message.method === 'notifications/tools/list_changed') this.options.safe.forget();
    if (this.hints.isRepeated(message, () => this.takeNotification(message, relatedTo))) return;
    this.passOn(message, relatedTo);
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
      this.questions.takenBack(message, relatedTo);
    } else if (method === 'notifications/message') {
      const call = this.calls.find(relatedTo) ?? this.calls.only();
      const wants = (sessionKey: string) =>
        !this.recipients.areMany || wantsLog(this.settings.all, sessionKey, params?.level);
      if (!call) this.recipients.toAll(message, null, wants);
      // What a call says that nobody waits for is nothing to whoever has the session now.
      else if (call[1].channel === null) return;
      else {
        const { channel } = call[1];
        if (wants(channel.sessionKey)) channel.deliver(message, call[0]);
        if (this.recipients.parties)
          this.recipients.toAll(message, null, (key) => key !== channel.sessionKey && wants(key));
      }
    } else if (method === 'notifications/resources/updated') {
      this.recipients.toAll(message, relatedTo, (sessionKey) =>
        wantsUpdate(this.settings.all, sessionKey, params?.uri),
      );
    } else {
      const call = this.recipients.parties && hintOf(message) !== null ? null : this.calls.find(relatedTo);
      if (call?.[1].channel) call[1].channel.deliver(message, call[0]);
      else this.recipients.toAll(message, null);
    }
  }
}

/** Whether the client asked for progress. For calls made before a restart this is unknown, so progress is delivered. */
const wantsProgress = ({ request }: RunningCall): boolean =>
  request === null || (isObject(request.params?._meta) && request.params._meta.progressToken !== undefined);
