import type { Client } from '../../../../shared/contract/client';
import { isOfMany, type McpAddress, serverIn } from '../../../../shared/model/mcp-address';
import type { Ms } from '../../../../shared/model/units';
import type { LongCall } from '../../../long-calls/long-call-ports';
import { answerWithin, saysTimeout } from '../../../long-calls/patience';
import { ProgressTeller, TELL_EVERY } from '../../../long-calls/progress-teller';
import {
  isNotification,
  isObject,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import type { Services } from '../../../services';
import { serverName, serverUri } from '../aggregate/names';
import { isOk } from '../ending';
import { isOwnTool } from '../own-tools/own-tool-names';
import type { Relay, ReplyTo } from '../relay/relay';
import { handleResult, hasOutputSchema } from './handle-result';

const MAX_NAME = 200;
const BY_USER = 'The call was cancelled in Holdfast by its user.';

type WatchServices = Pick<Services, 'longCalls' | 'servers' | 'store' | 'timers' | 'clock'>;

/** What is known of a call besides its request. */
export interface CallPlace {
  readonly client: Client;
  /** Null for a call that no session keeps. */
  readonly session_id: string | null;
  readonly transport_id: string;
  readonly address: McpAddress;
  /** When its request came, in monotonic time: from then on its client waits. */
  readonly arrived: Ms;
  readonly relay: Pick<Relay, 'cancel'>;
}

/** A call that was made before a restart. */
export interface EarlierCall {
  readonly since: Ms;
  /** The highest progress that its client received. */
  readonly reached: number;
}

/** A server, and its own name for a thing of its. */
interface Target {
  readonly server: string;
  readonly name: string;
}

/**
 * Stands between a call and the reply to its client: lists it as running, gives signs of life to a client that asked for
 * progress, and answers with a handle before the client gives up, if the call may be handed out. From then on the call's
 * answer is kept for whoever asks with the handle.
 */
class WatchedCall implements ReplyTo {
  private readonly services: WatchServices;
  private readonly place: CallPlace;
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
  private readonly endTimers: (() => void)[] = [];

  constructor(
    services: WatchServices,
    place: CallPlace,
    request: JsonRpcRequest,
    inner: ReplyTo,
    earlier: EarlierCall | null,
  ) {
    const { clock } = services;
    const ran = Math.max(0, earlier === null ? clock.monotonic() - place.arrived : clock.ageOf(earlier.since));
    this.services = services;
    this.place = place;
    this.request = request;
    this.inner = inner;
    const target = targetOf(request, place.address);
    // What it names is kept, and no tool that anybody knows has a longer name.
    this.target = target !== null && target.name.length <= MAX_NAME ? target : null;
    // A call that becomes a task is answered at once, and with nothing else.
    this.isTool = request.method === 'tools/call' && request.params?.task === undefined;
    this.started = clock.monotonic() - ran;
    this.waitsSince = this.started;
    this.isEarlier = earlier !== null;
    this.startedAt = Math.round(clock.now() - ran);
    this.lastSign = clock.monotonic();
    this.teller = new ProgressTeller(Math.max(0, earlier?.reached ?? 0));
  }

  /** Only of a call that will probably be handed out: all others reach their servers as they came. */
  get wantsProgress(): boolean {
    return (
      this.isTool && this.isExpectedLong(answerWithin(this.services.longCalls.patienceOf(this.place.client).limit))
    );
  }

  isLeft(): boolean {
    return this.long !== null;
  }

  sentAs(id: RequestId): void {
    this.inner.sentAs(id);
    this.callId = Number(id);
    const { longCalls } = this.services;
    const { client, session_id, relay } = this.place;
    longCalls.inFlight.begin(this.callId, {
      client_id: client.client_id,
      session_id,
      server: this.target?.server ?? null,
      method: this.request.method.slice(0, MAX_NAME),
      name: nameOf(this.request),
      since: this.startedAt,
      cancel: () => relay.cancel(id, BY_USER),
    });
    this.keepTime();
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
    this.rest();
    this.isOver = true;
    const { longCalls } = this.services;
    longCalls.inFlight.end(this.callId);
    if (this.hasOutlasted) this.noteLength();
    if (this.isTool && !this.long && !cancelled && !this.isEarlier && this.pausedAt === null)
      longCalls.waited(this.place.client.client_id, this.waited);
    if (!this.long) this.inner.reply(response, cancelled);
    else if (cancelled) longCalls.cancelled(this.callId);
    else longCalls.answered(this.callId, { text: textOf(response), ok: isOk(response) });
  }

  leave(): boolean {
    this.rest();
    return this.long !== null || (this.inner.leave?.() ?? false);
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

  /** Only where Holdfast's own tools are: a handle is of no use where nobody can ask with it. */
  private get mode(): 'off' | 'on' | 'auto' {
    const { target, place, services } = this;
    if (target === null || place.session_id === null || !isOfMany(place.address)) return 'off';
    return services.servers.longCallsOf(target.server, target.name);
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

  private handOut({ server, name }: Target): void {
    const { longCalls } = this.services;
    const { client, session_id, transport_id, relay } = this.place;
    if (session_id === null) return;
    const long = longCalls.handOut(
      {
        call_id: this.callId,
        client_id: client.client_id,
        session_id,
        transport_id,
        server,
        tool: name,
        started_at: this.startedAt,
      },
      this.teller.last,
      () => relay.cancel(this.callId, BY_USER),
    );
    if (!long) return;
    this.long = long;
    this.rest();
    longCalls.inFlight.end(this.callId);
    const isStructured = hasOutputSchema(this.services, server, name);
    this.inner.reply(handleResult(this.request.id, long, this.running, this.teller.last, isStructured), false);
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
  request: JsonRpcRequest,
  inner: ReplyTo,
  earlier: EarlierCall | null = null,
): ReplyTo => new WatchedCall(services, place, request, inner, earlier);

/**
 * Receives the answer to a call that was handed out before a restart.
 * @param relay - of its session
 */
export function resumedCall(
  { longCalls }: Pick<Services, 'longCalls'>,
  { call_id }: Pick<LongCall, 'call_id'>,
  relay: () => Pick<Relay, 'cancel'>,
): ReplyTo {
  const teller = new ProgressTeller();
  longCalls.resume(call_id, () => relay().cancel(call_id, BY_USER));
  return {
    sentAs: () => {},
    isLeft: () => true,
    leave: () => true,
    related: (message) => {
      if (!isNotification(message) || message.method !== 'notifications/progress') return;
      teller.fromServer(message.params ?? {});
      longCalls.progressed(call_id, teller.last);
    },
    reply: (response, cancelled) => {
      if (cancelled) longCalls.cancelled(call_id);
      else longCalls.answered(call_id, { text: textOf(response), ok: isOk(response) });
    },
  };
}

/** Whose thing a request names, and by which name its server knows it. Null for Holdfast's own tools. */
function targetOf({ method, params }: JsonRpcRequest, address: McpAddress): Target | null {
  const { name, uri } = params ?? {};
  const one = serverIn(address);
  if (one !== null) return { server: one, name: String(name ?? uri ?? '') };
  if (typeof uri === 'string') return serverUri(uri);
  if (typeof name !== 'string' || (method === 'tools/call' && isOwnTool(name))) return null;
  return serverName(name);
}

function nameOf({ params }: JsonRpcRequest): string | null {
  const name = params?.name ?? params?.uri;
  return typeof name === 'string' ? name.slice(0, MAX_NAME) : null;
}
