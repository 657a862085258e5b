import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { type CuttingProxy, startCuttingProxy } from '#tests/support/proxies/cutting-proxy';
import type { MatrixHost } from './host';
import { type Kind, MatrixClient, type Seen } from './matrix-client';

export const STATES = ['idle', 'fast call', 'slow call', 'replay', 'handed out'] as const;
export type State = (typeof STATES)[number];

/** Long enough for the call to begin on a busy machine. */
const PATIENCE_S = 3;
/** After this time a client gives up on a request. */
export const CLIENT_TIMEOUT = 16_000;
const LARGE = 300_000;

/** One client in one state when something happens to it. */
export class Cell {
  readonly kind: Kind;
  readonly state: State;
  key = '';
  /** Process of its counter before anything happened. */
  pid = 0;
  sessionId = '';
  client!: MatrixClient;
  proxy!: CuttingProxy;
  /** The call that runs when it happens; null in the state `idle`. */
  call: Promise<Seen> | null = null;
  heirKey = '';
  private heir!: McpHttp;
  private readonly host: MatrixHost;
  private readonly gate: string;
  private readonly tool: string;
  private readonly path: string;
  private handle = '';
  private letReplayGo: () => void = () => {};

  constructor(host: MatrixHost, folder: string, kind: Kind, state: State, number: number) {
    this.host = host;
    this.kind = kind;
    this.state = state;
    this.gate = join(folder, `gate-${number}`);
    // Half of them speak to all servers at once.
    const isHandedOut = state === 'handed out';
    const isAlone = number % 2 === 0 && !isHandedOut;
    this.tool = isAlone ? 'count' : `${isHandedOut ? 'patient' : 'counter'}__count`;
    this.path = isAlone ? '/mcp/counter' : '/mcp';
  }

  get title(): string {
    return `${this.state}, ${this.kind}`;
  }

  /** Connects and counts to 1; its standalone stream is open then. */
  async connect(): Promise<void> {
    this.key = await this.host.newKey(this.title);
    if (this.state === 'handed out') await this.host.setPatience(this.title, PATIENCE_S);
    this.proxy = await startCuttingProxy(this.host.port);
    await this.startClient();
    const first = await this.count();
    if (!('count' in first)) throw new Error(`${this.title}: ${first.error}`);
    this.pid = first.count.pid;
    this.sessionId = (await this.host.sessions(this.key))[0]?.session_id ?? '';
  }

  async startClient(): Promise<void> {
    const standalone = this.proxy.sent('.0\ndata: ');
    const url = this.proxy.url.replace('/mcp', this.path);
    const { kind, key, host } = this;
    this.client = await MatrixClient.start({ kind, url, key, timeout: CLIENT_TIMEOUT, folder: host.folder });
    await standalone;
  }

  count(args: object = {}): Promise<Seen> {
    return this.client.count(this.tool, args);
  }

  /** Gets a call under way, as far as its state says. */
  async begin(): Promise<void> {
    if (this.state === 'idle') return;
    if (this.state === 'handed out') {
      const said = await this.client.text(this.tool, { gate: this.gate });
      this.handle = /handle "(h_[^"]+)"/.exec(said)?.[1] ?? said;
      return;
    }
    const primed = this.proxy.replyBegun();
    this.call = this.count({ gate: this.gate, size: this.state === 'replay' ? LARGE : 0 });
    await this.file('here');
    if (this.state === 'fast call') return;
    const streamId = await primed;
    if (this.state === 'slow call') return;
    // The standalone stream is replayed as well, if anything was said on it.
    const stalled = this.proxy.stallReplay(streamId);
    this.proxy.cut();
    await this.release();
    this.letReplayGo = await stalled;
  }

  /** Offers the session to a client of its own, which may have it. */
  async offerToHeir(): Promise<void> {
    const name = `Heir of ${this.title}`;
    this.heirKey = await this.host.newKey(name);
    const id = await this.host.clientId(name);
    const body = JSON.stringify({ may_take_over: true });
    await this.host.fetch(`/api/mcp/clients/${id}`, this.host.adminKey, { method: 'PATCH', body });
    await this.host.admin(`/api/mcp/sessions/${this.sessionId}/offer`, { client_id: id, invited: false });
    this.heir = new McpHttp({ url: this.host.url + this.path }, this.heirKey);
  }

  /** A call of the client to which the session is offered. It takes the session over with the first one. */
  async heirCalls(tool: 'peek' | 'count'): Promise<Json> {
    if (this.heir.transportId === null) await this.heir.initialize();
    const result = await this.heir.call(this.tool.replace(/count$/, tool));
    return JSON.parse(result.content[0].text);
  }

  /** What the client learns of the call in the end; null if none ran. A handle is as good in the next process. */
  outcome(isGone: boolean): Promise<Seen | null> {
    if (this.state === 'handed out') return this.client.fetchCount(this.handle);
    return isGone || !this.call ? Promise.resolve(null) : this.call;
  }

  /** Lets the call end on its server. */
  async release(): Promise<void> {
    if (this.state === 'idle') return;
    writeFileSync(`${this.gate}.go`, '');
    await this.file('done');
  }

  /** The network carries again what it held back. */
  carryOn(): void {
    this.letReplayGo();
  }

  async end(): Promise<void> {
    await this.client?.kill();
    await this.proxy?.close();
  }

  private async file(name: 'here' | 'done'): Promise<void> {
    while (!existsSync(`${this.gate}.${name}`)) await delay(20);
  }
}
