import {
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { sizeOf } from '../../mcp/message-text';
import { NOBODY_ANSWERED, unanswered } from '../../mcp/unanswered';
import type { Clock } from '../../platform/ports';
import { AskedQuestions, type KeptQuestion, type QuestionKeeper } from './asked-questions';
import { cancelled } from './cancelled';
import type { InstanceActivity } from './instance-activity';
import type { Recipients } from './recipients';
import type { Parties, RoutedChannel } from './routed-channel';
import type { CallWithId } from './running-calls';

const LEFT = 'The session that was asked uses this process no longer.';
const NOBODY_WAITS = 'Nobody waits for this call any more: its session went on in another client, or is over.';
/** Larger ones are not asked again when the session that was asked leaves one that it shared the server with. */
const MAX_ASKED_AGAIN = 32 * 1_024;
/** How many are kept of a session that shares its process with nobody, in case it does before it has answered. */
const MOST_BEFORE_SHARING = 32;

/** A request of the server on its way to a client. */
interface Asking {
  readonly message: JsonRpcRequest;
  /** Whose session is asked. */
  readonly to: string | null;
  /** The call that it belongs to, as far as is known. */
  readonly related: CallWithId | null;
}

export interface ServerQuestionsDeps extends QuestionKeeper {
  readonly clock: Clock;
  readonly recipients: Recipients;
  readonly activity: InstanceActivity;
  /** The session that the instance belongs to; null when it is shared by all. */
  readonly own: () => string | null;
  /** Whether the client of this session is not there. */
  readonly isAway: (sessionKey: string) => boolean;
  /** Sends the server a message, if it runs. */
  readonly send: (message: JsonRpcMessage) => void;
}

/** What a server of one session, or of two that share it, asks its clients, until it is answered. */
export class ServerQuestions {
  private readonly deps: ServerQuestionsDeps;
  private readonly asked: AskedQuestions;

  constructor(deps: ServerQuestionsDeps) {
    this.deps = deps;
    this.asked = new AskedQuestions(deps);
  }

  /**
   * Asks the client that is to be asked.
   * @param related - the call that it belongs to, as far as is known
   */
  take(message: JsonRpcRequest, related: CallWithId | null): void {
    const { parties } = this.deps.recipients;
    const to = parties ? this.whoIsAsked(parties) : (related?.[1].channel?.sessionKey ?? this.deps.own());
    this.deps.activity.asks(message, to);
    // Whoever has the session now did not make the call, so its questions are nothing to them.
    if (related?.[1].channel === null) this.answer(unanswered(message.id, message.method, NOBODY_WAITS));
    else this.ask({ message, to, related });
  }

  /** Two sessions share the instance from now on: what is open is asked again if the one that was asked leaves. */
  keepAll(): void {
    this.keep(this.asked.all.map(([id]) => id));
  }

  /** See `MessageRouter.restore`. */
  restore(questions: readonly KeptQuestion[]): void {
    this.asked.restore(questions, this.deps.clock.monotonic());
    for (const key of new Set(questions.map(({ session_key }) => session_key)))
      if (!this.deps.recipients.isUser(key)) this.left(key);
  }

  /**
   * Gives up questions of an earlier Holdfast that nobody has answered.
   * @param isAwaited - whether the client of this session waits for a call from before the restart
   */
  sweep(isAwaited: (sessionKey: string | null) => boolean): void {
    const late = this.asked.late(this.deps.clock.monotonic(), isAwaited);
    this.asked.settle(...late.map(([id]) => id));
    for (const [id, { sessionKey }] of late) {
      this.deps.recipients.newestOf(sessionKey)?.deliver(cancelled(id, NOBODY_ANSWERED), null);
      this.answer(rpcError(id, RPC.serverError, NOBODY_ANSWERED));
    }
  }

  /** A message that waited goes to this channel: if it asks something, this one answers. */
  reached(id: RequestId, channel: RoutedChannel): void {
    const asked = this.asked.get(id);
    if (asked) Object.assign(asked, { channel, sessionKey: channel.sessionKey });
  }

  /**
   * Passes on a client's answer. An answer to what another session was asked is dropped.
   * @param isAdopted - whether the process may have asked it before a restart of Holdfast
   */
  respond(channel: RoutedChannel, message: JsonRpcResponse, isAdopted: boolean): void {
    if (message.id === null) return;
    const asked = this.asked.get(message.id);
    if (asked && asked.sessionKey !== channel.sessionKey) return;
    this.deps.activity.answered(message);
    if (!this.asked.settle(message.id) && !isAdopted) return;
    this.deps.send(message);
  }

  /** The server takes its request back: `notifications/cancelled`. */
  takenBack(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const { recipients, activity } = this.deps;
    const id = message.params?.requestId as RequestId;
    const asked = this.asked.get(id);
    activity.takenBack(id);
    if (this.asked.settle(id)) recipients.toOne(asked?.channel ?? null, message, relatedTo, asked?.sessionKey);
  }

  /** Another instance serves the channel: its answer would reach another process, which may have asked with the same id. */
  leave(channel: RoutedChannel): void {
    for (const [id, asked] of this.asked.all) if (asked.channel === channel) channel.deliver(cancelled(id, LEFT), null);
  }

  detach(channel: RoutedChannel): void {
    for (const [, asked] of this.asked.all) if (asked.channel === channel) asked.channel = null;
  }

  /** The session shares the instance no longer: what it has not answered is asked the one that stays. */
  left(sessionKey: string): void {
    const { recipients } = this.deps;
    const left = this.asked.all.filter(([, asked]) => asked.sessionKey === sessionKey);
    this.asked.settle(...left.map(([id]) => id));
    for (const [id, asked] of left) {
      const channel = asked.channel ?? recipients.newestOf(sessionKey);
      if (channel && recipients.has(channel)) channel.deliver(cancelled(id, LEFT), null);
      if (!asked.message) this.answer(unanswered(id, asked.method, LEFT));
    }
    const to = this.deps.own();
    this.ask(...left.flatMap(([, { message }]) => (message ? [{ message, to, related: null }] : [])));
  }

  /** The process is gone, and with it what it asked. */
  down(why: string): void {
    const { all } = this.asked;
    this.asked.settle(...all.map(([id]) => id));
    for (const [id, { channel }] of all) {
      if (channel) this.deps.recipients.toOne(channel, cancelled(id, why), null);
    }
    this.deps.activity.down();
  }

  private ask(...asking: readonly Asking[]): void {
    const { recipients } = this.deps;
    const passedOn = asking.flatMap((one) => this.opened(one) ?? []);
    if (recipients.parties) this.keep(passedOn.map(({ message: { id } }) => id));
    for (const { message, to, related, channel } of passedOn) {
      const isInCall = related !== null && related[1].channel === channel;
      recipients.toOne(channel, message, isInCall ? related[0] : null, to);
    }
  }

  /** From now on an answer is waited for. Null if it is refused at once. */
  private opened(asking: Asking): (Asking & { readonly channel: RoutedChannel | null }) | null {
    const { recipients } = this.deps;
    const { message, to: sessionKey, related } = asking;
    const { id, method } = message;
    const caller = related?.[1].channel ?? null;
    const channel = caller?.sessionKey === sessionKey ? caller : recipients.newestOf(sessionKey);
    if (recipients.parties && channel?.can(method) === false) {
      const text = `Two sessions share this server, and the client that is asked does not answer ${method}. A person can choose the other one, in Holdfast.`;
      this.answer(rpcError(id, RPC.methodNotFound, text));
      return null;
    }
    const mayBeAgain = this.hasRoom() && sizeOf(message) <= MAX_ASKED_AGAIN;
    const inOwnCall = caller !== null && caller === channel;
    this.asked.add(id, { channel, sessionKey, method, message: mayBeAgain ? message : null, inOwnCall });
    return { ...asking, channel };
  }

  private hasRoom(): boolean {
    return this.deps.recipients.parties !== null || this.asked.size < MOST_BEFORE_SHARING;
  }

  private keep(ids: readonly RequestId[]): void {
    const of = (id: RequestId) => this.asked.get(id)?.sessionKey ?? this.deps.own();
    this.asked.keep(
      ids.flatMap((id) => {
        const sessionKey = of(id);
        return sessionKey === null ? [] : [[id, sessionKey] as const];
      }),
    );
  }

  /** Answers a request of the server for its clients. */
  private answer(response: JsonRpcResponse): void {
    this.deps.activity.answered(response);
    this.deps.send(response);
  }

  /** Of two sessions the chosen one, unless it is away and the other is there. */
  private whoIsAsked({ asked, other }: Parties): string {
    const isThere = (key: string) => this.deps.recipients.newestOf(key) !== null && !this.deps.isAway(key);
    return !isThere(asked) && isThere(other) ? other : asked;
  }
}
