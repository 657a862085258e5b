import { type Ms, SECOND } from '../../../shared/model/units';
import { isObject, type JsonRpcRequest, type JsonRpcResponse } from '../../mcp/json-rpc';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import type { Login } from '../login/login';
import type { RoutedChannel } from './routed-channel';

/** How often a client that asked for progress hears that its call waits. SDK clients give up after 60 s of silence. */
const TELL_EVERY: Ms = 10 * SECOND;
/** What the server itself says later about its progress must be more than this. */
const STEP = 0.000_001;

export interface LoginNoticesDeps {
  readonly timers: Timers;
  readonly random: Random;
  /** The login of the server; null if it has none any more. */
  login(): Login | null;
  readonly log: { debug(details: object, message: string): void };
  /** The calls that wait. */
  waiting(): readonly (readonly [RoutedChannel, JsonRpcRequest])[];
  /** Whether the client of this instance can show an address to its person (MCP 2025-11-25, elicitation, URL mode). */
  canAsk(): boolean;
}

/** Tells the clients whose calls wait for a login that they do, and asks those for it that can ask their person. */
export class LoginNotices {
  private readonly deps: LoginNoticesDeps;
  private readonly asked = new Map<RoutedChannel, string>();
  private ticks = 0;
  private cancel: (() => void) | null = null;

  constructor(deps: LoginNoticesDeps) {
    this.deps = deps;
  }

  /** Begins to tell, unless it has begun. Call it when a call waits. */
  begin(): void {
    if (this.cancel) {
      this.askAll();
      return;
    }
    this.cancel = this.deps.timers.every(TELL_EVERY, () => this.tell());
    this.tell();
    this.askAll();
  }

  /** The wait is over: whoever was asked learns that (MCP 2025-11-25, elicitation, completion notifications). */
  end(): void {
    this.cancel?.();
    this.cancel = null;
    for (const [channel, elicitationId] of this.asked) {
      const params = { elicitationId };
      channel.deliver({ jsonrpc: '2.0', method: 'notifications/elicitation/complete', params }, null);
    }
    this.asked.clear();
  }

  /** Takes the answer to one of our own questions. Returns whether it was one. */
  take({ id }: JsonRpcResponse): boolean {
    return [...this.asked.values()].some((asked) => asked === id);
  }

  private tell(): void {
    this.ticks += 1;
    const host = this.deps.login()?.host ?? null;
    const message = `Waiting for a login${host === null ? '' : ` at ${host}`}, in the Servers view of Holdfast`;
    for (const [channel, { id, params }] of this.deps.waiting()) {
      const meta = params?._meta;
      if (!isObject(meta) || meta.progressToken === undefined) continue;
      const progress = { progressToken: id, progress: this.ticks * STEP, message };
      channel.deliver({ jsonrpc: '2.0', method: 'notifications/progress', params: progress }, id);
    }
  }

  private askAll(): void {
    if (!this.deps.canAsk()) return;
    for (const [channel, { id }] of this.deps.waiting()) {
      if (this.asked.has(channel) || !channel.can('elicitation/create')) continue;
      const elicitationId = `login_${randomText(this.deps.random, 12)}`;
      this.asked.set(channel, elicitationId);
      this.ask(channel, id, elicitationId).catch((error) => {
        this.deps.log.debug({ err: { message: (error as Error).message } }, 'a client could not be asked for a login');
      });
    }
  }

  private async ask(channel: RoutedChannel, id: JsonRpcRequest['id'], elicitationId: string): Promise<void> {
    const login = this.deps.login();
    if (!login) return;
    const { url, host } = await login.beginOnce();
    if (!this.cancel) return;
    const message = `The server "${login.server}" needs a login at ${host}. The call goes on after it.`;
    const params = { mode: 'url', message, url, elicitationId };
    channel.deliver({ jsonrpc: '2.0', id: elicitationId, method: 'elicitation/create', params }, id);
  }
}
