import type { JsonRpcRequest, JsonRpcResponse, RequestId } from '../../mcp/json-rpc';
import type { OpenCall } from '../../mcp/server-channel';
import type { InstanceRecord } from '../upstream-ports';
import { canOpenAddresses } from './declared-capabilities';
import type { InstanceActivity } from './instance-activity';
import type { InstanceOwner } from './instance-owner';
import { LoginNotices } from './login-notices';
import type { MessageRouter } from './message-router';
import type { RoutedChannel } from './routed-channel';
import type { WaitingRequests } from './waiting-requests';

/** Lists come from memory too, so asking for one leaves nothing behind that anybody would miss. */
export const isUse = ({ method }: JsonRpcRequest): boolean =>
  !method.endsWith('/list') && method !== 'ping' && method !== 'logging/setLevel';

export interface LoginWaitDeps {
  readonly owner: InstanceOwner;
  readonly activity: InstanceActivity;
  readonly waiting: WaitingRequests;
  readonly router: Pick<MessageRouter, 'calling'>;
  record(): InstanceRecord;
  /** Whether the instance is used no longer: what Holdfast stops in is left to its next start. */
  isOver(): boolean;
}

/**
 * The requests of an instance that wait for a login of its server, before they are sent or in the connection. They are kept for
 * the next Holdfast, and their clients are told.
 */
export class LoginWait {
  private readonly deps: LoginWaitDeps;
  private readonly notices: LoginNotices;
  /** Calls that wait for a login in the connection. */
  private readonly held = new Set<RequestId>();

  constructor(deps: LoginWaitDeps) {
    this.deps = deps;
    const { owner, waiting, router } = deps;
    const { timers, random, log } = owner.deps;
    this.notices = new LoginNotices({
      login: () => owner.login,
      timers,
      random,
      log,
      waiting: () => [...waiting.all, ...router.calling.filter(([, { id }]) => this.held.has(id))],
      canAsk: () => canOpenAddresses(deps.record()),
    });
  }

  /** Number of calls that wait. Lists wait, too, but Holdfast asks for them itself, and they are remembered. */
  get count(): number {
    const { owner, waiting } = this.deps;
    if (!owner.login?.isNeeded) return 0;
    return waiting.all.filter(([, request]) => isUse(request)).length + this.held.size;
  }

  /** The calls that wait in the connection. */
  get inConnection(): readonly RequestId[] {
    return [...this.held];
  }

  /** The channel's calls that wait in the connection. */
  heldOf(channel: RoutedChannel): RequestId[] {
    return this.deps.router.calling.flatMap(([one, { id }]) => (one === channel && this.held.has(id) ? [id] : []));
  }

  /** Tells those who wait, if a login is needed. */
  tell(): void {
    if (this.deps.owner.login?.isNeeded) this.notices.begin();
  }

  /** The wait is over. */
  end(): void {
    this.notices.end();
  }

  /** Whether the message answers one of our own questions. */
  isAnswer(response: JsonRpcResponse): boolean {
    return this.notices.take(response);
  }

  /** A request waits for the server. It is kept for the next Holdfast while only a login is missing. */
  waits(request: JsonRpcRequest): void {
    const { owner, activity } = this.deps;
    if (!owner.login?.isNeeded || !isUse(request)) return;
    owner.deps.heldCalls.hold(this.deps.record().server, request);
    activity.held(request.id, true);
  }

  /** It waits no longer. */
  waitsNoLonger(id: RequestId): void {
    const { owner, activity, isOver } = this.deps;
    activity.held(id, false);
    if (!isOver()) owner.deps.heldCalls.release(id);
  }

  /** Its client takes it back. */
  takeBack(id: RequestId): void {
    this.deps.owner.deps.heldCalls.release(id);
  }

  /** Takes up a call that waited when an earlier run ended; null if it did not. */
  resume({ id }: OpenCall): JsonRpcRequest | null {
    return this.deps.owner.deps.heldCalls.resume(this.deps.record().server, id);
  }

  /** A call waits for a login in the connection, or does no longer. */
  heldInConnection(id: RequestId, isHeld: boolean): void {
    if (!isHeld) {
      this.held.delete(id);
      this.waitsNoLonger(id);
      return;
    }
    const { owner, activity, router } = this.deps;
    activity.held(id, true);
    const request = router.calling.find(([, one]) => one.id === id)?.[1];
    if (!request || !isUse(request)) return;
    this.held.add(id);
    owner.deps.heldCalls.hold(this.deps.record().server, request);
    this.notices.begin();
  }
}
