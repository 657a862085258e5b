import type { Client } from '../../../../shared/contract/client';
import { isOfMany, type McpAddress } from '../../../../shared/model/mcp-address';
import type { Ms } from '../../../../shared/model/units';
import { BY_USER } from '../../../long-calls/call-words';
import type { LongCall } from '../../../long-calls/long-call-ports';
import { answerWithin, saysTimeout } from '../../../long-calls/patience';
import { ProgressTeller, TELL_EVERY } from '../../../long-calls/progress-teller';
import {
  isNotification,
  isObject,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  nameIn,
  type RequestId,
} from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import type { Services } from '../../../services';
import { isOk } from '../ending';
import type { Relay, ReplyTo } from '../relay/relay';
import { FollowedTask, type TaskPlace } from '../tasks/followed-task';
import { createdTask } from '../tasks/made-tasks';
import { begunBy } from '../tasks/task-messages';
import { asksForTask, marked, needsTasks, type TaskPlan } from '../tasks/task-plan';
import { MAX_NAME, type Target, targetOf } from './call-target';
import { handleResult, hasOutputSchema } from './handle-result';
import { afterRestart, tellOfEnd } from './resumed-call';

const NOT_KEPT = 'Holdfast could not keep the task. Make the call without one.';

type WatchServices = Pick<Services, 'longCalls' | 'servers' | 'store' | 'timers' | 'clock'> & {
  readonly activity: Pick<Services['activity'], 'shownMethod' | 'shownName' | 'whenServed'>;
};

/** What is known of a call besides its request. */
export interface CallPlace extends TaskPlace {
  readonly client: Client;
  /** Null for a call that no session keeps. */
  readonly session_id: string | null;
  readonly transport_id: string;
  readonly address: McpAddress;
  /** When its request came, in monotonic time: from then on its client waits. */
  readonly arrived: Ms;
  readonly relay: Pick<Relay, 'cancel' | 'tell'>;
}

/** A call that was made before a restart. */
export interface EarlierCall {
  readonly since: Ms;
  /** The highest progress that its client received. */
  readonly reached: number;
  /** The id under which it was made again, if it was. */
  readonly againId?: RequestId | undefined;
}

/**
 * Stands between a call and the reply to its client: lists it as running, gives signs of life to a client that asked for
 * progress, and answers with a handle before the client gives up, if the call may be handed out. From then on the call's
 * answer is kept for whoever asks with the handle. To a client that knows tasks the handle is shown as one.
 *
 * If its server makes a task of the call for Holdfast, what comes of that task is the answer.
 */
class WatchedCall implements ReplyTo {
  private readonly services: WatchServices;
  private readonly place: CallPlace;
  private readonly plan: TaskPlan;
  private readonly request: JsonRpcRequest;
  private readonly inner: ReplyTo;
  private readonly teller: ProgressTeller;
  private readonly target: Target | null;
  private readonly isTool: boolean;
  /** Made before a restart: how much of its time the client waited is not known. */
  private readonly isEarlier: boolean;
  private readonly started: Ms;
  private readonly startedAt: Ms;
  private callId = 0;
  /** The id by which its server knows it now. */
  private sentId: RequestId = 0;
  /** The same if it was made again. */
  private againId: RequestId | null;
  private lastSign: Ms;
  /** Since when the client's open request waits. */
  private waitsSince: Ms;
  /** Since when no request of the client is open; null while one is. */
  private pausedAt: Ms | null = null;
  /** For how long none was, before. */
  private away: Ms = 0;
  private isOver = false;
  private hasOutlasted = false;
  private long: LongCall | null = null;
  /** Its row from when its server has made a task of it, of which its client does not know: a restart makes it a handle. */
  private kept: LongCall | null = null;
  private task: FollowedTask | null = null;
  private wasRefused = false;
  private readonly endTimers: (() => void)[] = [];

  constructor(services: WatchServices, place: CallPlace, plan: TaskPlan, inner: ReplyTo, earlier: EarlierCall | null) {
    const { request } = plan;
    const { clock } = services;
    const ran = Math.max(0, earlier === null ? clock.monotonic() - place.arrived : clock.ageOf(earlier.since));
    this.services = services;
    this.place = place;
    this.plan = plan;
    this.request = request;
    this.inner = inner;
    const target = targetOf(request, place.address);
    // What it names is kept, and no tool that anybody knows has a longer name.
    this.target = target !== null && target.name.length <= MAX_NAME ? target : null;
    // A call that becomes a task of its client's is answered at once, and with nothing else.
    this.isTool = request.method === 'tools/call' && (plan.follows || request.params?.task === undefined);
    this.started = clock.monotonic() - ran;
    this.waitsSince = this.started;
    this.isEarlier = earlier !== null;
    this.againId = earlier?.againId ?? null;
    this.startedAt = Math.round(clock.now() - ran);
    this.lastSign = clock.monotonic();
    this.teller = new ProgressTeller(Math.max(0, earlier?.reached ?? 0));
  }

  /** Only of a call that will probably be handed out: all others reach their servers as they came. */
  get wantsProgress(): boolean {
    if (!this.isTool) return false;
    return (
      this.plan.atOnce || this.isExpectedLong(answerWithin(this.services.longCalls.patienceOf(this.place.client).limit))
    );
  }

  /** Also when it is made again. */
  get ofCall(): RequestId {
    return this.callId;
  }

  isLeft(): boolean {
    return this.long !== null;
  }

  giveUp(reason: string): void {
    if (this.task) this.task.giveUp(reason);
    else this.place.relay.cancel(this.sentId, reason);
  }

  sentAs(id: RequestId): void {
    // It is the same call when it is made again.
    if (this.wasRefused) this.againId = id;
    this.sentId = this.againId ?? id;
    if (this.wasRefused) return;
    this.inner.sentAs(id);
    this.callId = Number(id);
    const { longCalls, activity } = this.services;
    const { client, session_id } = this.place;
    longCalls.inFlight.begin(this.callId, {
      client_id: client.client_id,
      session_id,
      server: this.target?.server ?? null,
      method: activity.shownMethod(this.request.method),
      name: activity.shownName(nameIn(this.request.params)),
      since: this.startedAt,
      cancel: () => this.giveUp(BY_USER),
    });
    this.keepTime();
    // Not before its server has it: while that starts, a kill would lose a call that its client takes for a task.
    if (this.plan.atOnce) this.services.activity.whenServed(id, () => this.beginTask());
  }

  /**
   * The second id is on disk as soon as the server has it. A kill before that has the keeper deliver the refusal again, which this
   * turn of the event loop has yet to acknowledge, and that ends the call. An id that came first would be waited for in vain.
   */
  private makeAgain(): void {
    this.wasRefused = true;
    this.place.ask(marked(this.request), this);
    if (this.againId === null || this.isOver) return;
    if (this.long) this.services.longCalls.madeAgain(this.callId, Number(this.againId));
    else this.inner.sentAgain?.(this.callId, this.againId);
  }

  private beginTask(): void {
    if (this.isOver || this.long || !this.target) return;
    this.handOut(this.target);
    if (!this.isLeft()) this.giveUp(NOT_KEPT);
  }

  paused(): void {
    this.rest();
    this.pausedAt ??= this.services.clock.monotonic();
  }

  continued(arrived: Ms): void {
    if (this.pausedAt === null) return;
    this.away += Math.max(0, arrived - this.pausedAt);
    this.pausedAt = null;
    this.waitsSince = arrived;
    this.lastSign = arrived;
    if (this.long === null && !this.isOver) this.keepTime();
  }

  related(message: JsonRpcMessage): void {
    if (!isNotification(message) || message.method !== 'notifications/progress') {
      this.inner.related(message);
      return;
    }
    const params = this.teller.fromServer(message.params ?? {});
    this.lastSign = this.services.clock.monotonic();
    const { longCalls } = this.services;
    if (this.long) longCalls.progressed(this.callId, this.teller.last);
    else {
      longCalls.inFlight.progress(this.callId, this.teller.last);
      if (this.asksForProgress) this.inner.related({ ...message, params });
    }
  }

  givenUp(reason: unknown): void {
    const { longCalls, clock } = this.services;
    const { client } = this.place;
    const after = this.waited;
    const quiet = this.asksForProgress ? clock.monotonic() - this.lastSign : after;
    if (this.isTool) longCalls.gaveUp(client, { after, quiet, isTimeout: saysTimeout(reason) });
    // The next client that cannot wait so long is answered in time.
    if (this.isTool && this.target && saysTimeout(reason)) this.noteLength();
    this.inner.givenUp?.(reason);
  }

  reply(response: JsonRpcResponse, cancelled: boolean): void {
    // A client that has a task or a handle already cannot be given another one.
    if (!cancelled && (this.plan.follows || this.long) && this.goesOn(response)) return;
    this.end(this.isEarlier && isOfMany(this.place.address) ? afterRestart(response) : response, cancelled);
  }

  leave(): boolean {
    this.rest();
    return this.long !== null || (this.inner.leave?.() ?? false);
  }

  /** Whether this is no answer yet: a task of the server's, or the word that it makes nothing else of the call. */
  private goesOn(response: JsonRpcResponse): boolean {
    const taskId = this.mayBeTask ? begunBy(response) : null;
    if (taskId !== null) {
      this.follow(taskId);
      return true;
    }
    // What a call from before a restart was made with is not kept.
    if (!this.plan.follows || this.wasRefused || this.isEarlier || !needsTasks(response)) return false;
    this.makeAgain();
    return true;
  }

  /** Of a call from before a restart it is only known that Holdfast asked for a task, if it did. */
  private get mayBeTask(): boolean {
    return this.wasRefused || this.isEarlier || asksForTask(this.request);
  }

  private follow(taskId: string): void {
    const { longCalls } = this.services;
    this.task = new FollowedTask(this.services, this.place, this.request.id, taskId);
    longCalls.waitsFor(this.place.client.client_id, taskId);
    if (this.long) longCalls.followed(this.callId, taskId);
    // Its server says that it takes long, so its client is told at once if it knows tasks.
    else if (this.target && this.plan.form !== null) this.handOut(this.target, taskId);
    else if (this.target && isOfMany(this.place.address)) this.kept = this.keptAs(this.target, taskId);
    this.task.begin({
      ofCall: this.callId,
      reply: (response, cancelled) => this.end(response, cancelled),
      related: (message) => this.related(message),
      leave: () => this.leave(),
      isLeft: () => this.isLeft(),
      givenUp: (reason) => this.givenUp(reason),
    });
  }

  private end(response: JsonRpcResponse, cancelled: boolean): void {
    this.rest();
    this.isOver = true;
    const { longCalls } = this.services;
    longCalls.inFlight.end(this.callId);
    if (this.hasOutlasted) this.noteLength();
    if (this.isTool && !this.long && !cancelled && !this.isEarlier && this.pausedAt === null)
      longCalls.waited(this.place.client.client_id, this.waited);
    // Its client knows what to make of a task or an error, and of nothing else.
    if (this.plan.atOnce && !this.long && this.target && !cancelled && response.error === undefined)
      this.handOut(this.target);
    if (!this.long) {
      this.inner.reply(response, cancelled);
      // Only now: until its answer is stored, it must not be lost by a kill.
      if (this.kept) longCalls.withdraw(this.callId);
      return;
    }
    if (cancelled) longCalls.cancelled(this.callId);
    else longCalls.answered(this.callId, { text: textOf(response), ok: isOk(response) });
    if (this.plan.form === 'augmented') tellOfEnd(this.services, this.callId, this.place.relay);
  }

  private get asksForProgress(): boolean {
    const meta = this.request.params?._meta;
    return isObject(meta) && meta.progressToken !== undefined;
  }

  private isExpectedLong(within: Ms): boolean {
    const { target, mode } = this;
    if (target === null || mode === 'off') return false;
    return mode === 'on' || this.services.longCalls.longest(target.server, target.name) >= within;
  }

  /** Only where Holdfast's own tools are, or tasks are known: a handle is of no use where nobody can ask with it. */
  private get mode(): 'off' | 'on' | 'auto' {
    const { target, place, services, plan } = this;
    if (target === null || place.session_id === null) return 'off';
    if (plan.form === null && !isOfMany(place.address)) return 'off';
    const mode = services.servers.longCallsOf(target.server, target.name);
    // A task costs a client that knows them nothing, and a server that makes one says that it takes long: no call has to be lost first.
    const isClear = plan.form !== null || this.task !== null;
    return isClear && mode === 'auto' ? 'on' : mode;
  }

  /** Starts what happens while the client waits. */
  private keepTime(): void {
    if (!this.isTool || (this.target === null && isOfMany(this.place.address))) return;
    const { longCalls, timers } = this.services;
    if (this.asksForProgress) this.endTimers.push(timers.every(TELL_EVERY / 2, () => this.giveSign()));
    const { limit, isRenewed } = longCalls.patienceOf(this.place.client);
    if (isRenewed && this.asksForProgress) return;
    const within = answerWithin(limit);
    this.endTimers.push(timers.after(Math.max(0, within - this.waited), () => this.outlasted(within)));
  }

  /** The client is about to give up. */
  private outlasted(within: Ms): void {
    const { target } = this;
    if (target === null) return;
    this.hasOutlasted = true;
    const isExpected = this.isExpectedLong(within);
    // A timer may be early by a fraction.
    this.services.longCalls.took(target.server, target.name, Math.max(within, this.running));
    if (isExpected) this.handOut(target);
  }

  private handOut(target: Target, taskId: string | null = null): void {
    const { longCalls } = this.services;
    const long = this.kept ?? this.keptAs(target, taskId);
    if (!long) return;
    this.long = long;
    this.rest();
    longCalls.inFlight.end(this.callId);
    this.inner.reply(this.shown(long, target), false);
  }

  private shown(long: LongCall, { server, name }: Target): JsonRpcResponse {
    const { id } = this.request;
    if (this.plan.form !== null) return createdTask(id, long, this.plan.form);
    const isStructured = hasOutputSchema(this.services, server, name);
    return handleResult(id, long, this.running, this.teller.last, isStructured);
  }

  /** Its row, on disk; null when there can be none. */
  private keptAs({ server, name }: Target, taskId: string | null): LongCall | null {
    const { longCalls } = this.services;
    const { client, session_id, transport_id } = this.place;
    if (session_id === null) return null;
    return longCalls.handOut(
      {
        call_id: this.callId,
        client_id: client.client_id,
        session_id,
        transport_id,
        server,
        tool: name,
        started_at: this.startedAt,
        shown_as: this.plan.form === null ? 'handle' : 'task',
        task_id: taskId,
        again_id: this.againId === null ? null : Number(this.againId),
      },
      this.teller.last,
      (reason) => this.giveUp(reason),
    );
  }

  /** How long the call has taken, without the time in which only the client could go on with it. */
  private get running(): Ms {
    return (this.pausedAt ?? this.services.clock.monotonic()) - this.started - this.away;
  }

  /** How long the client has waited. */
  private get waited(): Ms {
    return this.services.clock.monotonic() - this.waitsSince;
  }

  private noteLength(): void {
    if (this.target) this.services.longCalls.took(this.target.server, this.target.name, this.running);
  }

  private giveSign(): void {
    const now = this.services.clock.monotonic();
    // Half a period early, since the next look comes half a period later.
    if (now - this.lastSign < TELL_EVERY / 2) return;
    this.lastSign = now;
    const meta = this.request.params?._meta;
    const progressToken = isObject(meta) ? meta.progressToken : undefined;
    const params = { progressToken, ...this.teller.ofOurOwn(this.running) };
    this.inner.related({ jsonrpc: '2.0', method: 'notifications/progress', params });
  }

  private rest(): void {
    for (const end of this.endTimers.splice(0)) end();
  }
}

/**
 * Watches a call. What it returns takes the place of `inner`.
 * @param earlier - for a call that was made before a restart
 */
export const watched = (
  services: WatchServices,
  place: CallPlace,
  plan: TaskPlan,
  inner: ReplyTo,
  earlier: EarlierCall | null = null,
): ReplyTo => new WatchedCall(services, place, plan, inner, earlier);
