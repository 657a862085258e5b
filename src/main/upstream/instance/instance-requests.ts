import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import {
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
} from '../../mcp/json-rpc';
import type { OpenCall } from '../../mcp/server-channel';
import { heldBack } from '../tools/held-back';
import { ToolCheck } from '../tools/tool-check';
import type { InstanceRecord } from '../upstream-ports';
import type { InstanceActivity } from './instance-activity';
import type { InstanceLifecycle } from './instance-lifecycle';
import type { InstanceOwner } from './instance-owner';
import { isUse, LoginWait } from './login-wait';
import type { MessageRouter } from './message-router';
import type { OwnRequests } from './own-requests';
import type { RoutedChannel } from './routed-channel';
import { WaitingRequests } from './waiting-requests';

/** How long a request waits for a server that has run before to come back. */
const USE_LIMIT: Ms = 5 * SECOND;
/** How long anything waits for a first start, which goes on after that: the next to ask may find it done. */
export const WAIT_LIMIT: Ms = 29 * SECOND;
/** How long a server may take to list its tools before one of them is called, where changed ones are held back. */
const TOOLS_LIMIT: Ms = 10 * SECOND;

const TOOLS_CHANGED = 'notifications/tools/list_changed';

export interface InstanceRequestsDeps {
  readonly owner: InstanceOwner;
  readonly lifecycle: InstanceLifecycle;
  readonly router: MessageRouter;
  readonly own: OwnRequests;
  readonly activity: InstanceActivity;
  record(): InstanceRecord;
}

/**
 * What the users of an instance ask of it. A request starts the server if needed, and waits for it, for a login, or until it is
 * known what a tool says now.
 */
export class InstanceRequests {
  private readonly deps: InstanceRequestsDeps;
  private readonly owner: InstanceOwner;
  private readonly lifecycle: InstanceLifecycle;
  private readonly router: MessageRouter;
  private readonly toolCheck: ToolCheck;
  private readonly waiting = new WaitingRequests();
  private readonly logins: LoginWait;
  private lastUsed: Ms;
  /** Requests other than lists that the present process has got. */
  private used = 0;

  constructor(deps: InstanceRequestsDeps) {
    const { owner, lifecycle, router, own, activity, record } = deps;
    const { clock, tools } = owner.deps;
    this.deps = deps;
    this.owner = owner;
    this.lifecycle = lifecycle;
    this.router = router;
    this.lastUsed = clock.monotonic();
    this.toolCheck = new ToolCheck({
      clock,
      isHolding: () => tools.isHolding,
      ask: (params) => own.ask('tools/list', params, TOOLS_LIMIT),
      listings: owner.listings(true),
    });
    this.logins = new LoginWait({
      owner,
      activity,
      waiting: this.waiting,
      router,
      record,
      isOver: () => lifecycle.isOver,
    });
  }

  /** Whether a request runs or waits. */
  get areOpen(): boolean {
    return this.router.running > 0 || this.waiting.size > 0;
  }

  /** See {@link LoginWait.count}. */
  get heldCalls(): number {
    return this.logins.count;
  }

  /** Requests other than lists that the present process has got; infinite for one of an earlier Holdfast. */
  get uses(): number {
    return this.used;
  }

  /** When it was used last, by the monotonic clock. */
  get lastUsedAt(): Ms {
    return this.lastUsed;
  }

  /** Its process is of an earlier Holdfast. */
  adopted(): void {
    this.used = Number.POSITIVE_INFINITY;
  }

  /** Another process or connection answers from now on. */
  connected(): void {
    this.toolCheck.forget();
  }

  /** It takes requests now: those that waited are sent. */
  running(): void {
    this.used = this.waiting.size;
    this.lastUsed = this.owner.deps.clock.monotonic();
  }

  /** It is stopped on purpose. Returns the calls that have not been sent to the server. */
  stopped(): readonly RequestId[] {
    this.logins.end();
    return this.logins.inConnection;
  }

  /** What waits is left to the next Holdfast. */
  release(): void {
    this.logins.end();
    this.waiting.clear();
  }

  /** Call after the login of the server has changed. */
  loginChanged(): void {
    if (!this.owner.login?.isNeeded) this.logins.end();
    else if (this.heldCalls > 0) this.logins.tell();
  }

  /** A call waits for a login in the connection, or does no longer. */
  heldInConnection(id: RequestId, isHeld: boolean): void {
    this.logins.heldInConnection(id, isHeld);
  }

  /** See {@link LoginWait.heldOf}. */
  heldOf(channel: RoutedChannel): RequestId[] {
    return this.logins.heldOf(channel);
  }

  /** Withdraws all requests of a channel, which gets an error with this sentence for each. */
  leave(channel: RoutedChannel, sentence: string): void {
    this.waiting.leave(channel, sentence);
  }

  /** Withdraws all requests of a channel that is gone. */
  detach(channel: RoutedChannel): void {
    this.waiting.detach(channel);
  }

  /** Forwards a request, starting the server if needed. The channel always gets an answer, if only an error. */
  request(channel: RoutedChannel, request: JsonRpcRequest, isRepeat = false): void {
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.deps.activity.sent(request.id, isRepeat);
    if (isUse(request)) this.used += 1;
    this.lifecycle.listen();
    const send = () => this.sendChecked(channel, request, isRepeat);
    if (this.lifecycle.isRunning) send();
    else this.waitFor(channel, request, send);
    this.logins.tell();
  }

  /** Forwards a notification. It is dropped if the server is not running: it would mean nothing to the next process. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') {
      this.waiting.takeBack(message.params?.requestId);
      this.logins.takeBack(message.params?.requestId as RequestId);
    }
    if (this.lifecycle.isRunning) this.router.notify(channel, message);
  }

  respond(channel: RoutedChannel, message: JsonRpcResponse): void {
    if (this.logins.isAnswer(message)) return;
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.router.respond(channel, message);
  }

  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    const others: OpenCall[] = [];
    for (const call of calls) {
      const held = this.logins.resume(call);
      if (held) this.request(channel, held);
      else others.push(call);
    }
    return this.router.resume(channel, others);
  }

  /** The server says something that answers no request of our own. */
  take(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isResponse(message)) this.lastUsed = this.owner.deps.clock.monotonic();
    else if (message.method === TOOLS_CHANGED) this.toolCheck.forget();
    this.router.take(message, relatedTo);
  }

  /** Sends a request to the running server. A call waits until it is known what its tool says now, where that matters. */
  private sendChecked(channel: RoutedChannel, request: JsonRpcRequest, isRepeat: boolean): void {
    const tool = request.method === 'tools/call' ? request.params?.name : undefined;
    const { server } = this.deps.record();
    const { tools, heldCalls } = this.owner.deps;
    const send = () => {
      if (typeof tool === 'string' && tools.isHeld(server, tool)) {
        channel.deliver(heldBack(request.id, server, tool), request.id);
        return;
      }
      if (typeof tool === 'string') tools.used(server, tool);
      this.router.request(channel, request, isRepeat);
    };
    if (typeof tool !== 'string' || !this.toolCheck.isDue || this.lifecycle.said?.capabilities.tools === undefined) {
      // One that an earlier run kept must not be made by yet another one.
      heldCalls.release(request.id);
      send();
    } else {
      const checked = this.toolCheck.read().catch((error: Error) => {
        throw new Error(said('said.server.named', { name: server, what: error.message }));
      });
      this.keepUntil(checked, request);
      this.waiting.add(channel, request, checked, send);
    }
  }

  /** Keeps a call that the process has not got for the next Holdfast, which would wait for an answer that nobody gives. */
  private keepUntil(ready: Promise<void>, request: JsonRpcRequest): void {
    const { heldCalls } = this.owner.deps;
    heldCalls.hold(this.deps.record().server, request);
    const release = () => {
      if (!this.lifecycle.isOver) heldCalls.release(request.id);
    };
    ready.then(release, release);
  }

  /** Sends a request once the server is up, and keeps it for the next Holdfast while only a login is missing. */
  private waitFor(channel: RoutedChannel, request: JsonRpcRequest, send: () => void): void {
    this.logins.waits(request);
    const started = this.lifecycle.upOrLogin(this.lifecycle.hasRun ? USE_LIMIT : WAIT_LIMIT);
    const release = () => this.logins.waitsNoLonger(request.id);
    started.then(release, release);
    this.waiting.add(channel, request, started, send);
  }
}
