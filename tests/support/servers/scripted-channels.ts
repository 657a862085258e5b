import { isRequest, type JsonRpcMessage, type JsonRpcRequest, type Params } from '#src/main/mcp/json-rpc';
import type { InitializeResult, OpenCall, ServerChannel } from '#src/main/mcp/server-channel';

/** Result of a request; an error; or null, when the test answers by hand. */
type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } } | null;

/** A server as the test wants it, and every channel to it that was made. */
export class ScriptedServer {
  readonly channels: ScriptedChannel[] = [];
  answersInitialize = true;
  /** Initializations that were not answered. */
  readonly unfinished: (() => void)[] = [];
  capabilities: Params = { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {}, completions: {} };
  /** Answers by method; what is not here is answered with an empty result. */
  answers: Record<string, (request: JsonRpcRequest) => Answer> = {};
  /** Awaited before a channel is made. */
  beforeConnect: () => Promise<void> = async () => {};
  idleAfter: number | null = null;
  /** Ids that nobody will answer, of those that are to be resumed. */
  lost: (calls: readonly OpenCall[]) => readonly (string | number)[] = () => [];

  async connect(sessionKey = ''): Promise<ServerChannel> {
    await this.beforeConnect();
    const channel = new ScriptedChannel(this, sessionKey);
    this.channels.push(channel);
    return channel;
  }

  /** Answers the initializations that wait. */
  finishInitialize(): void {
    for (const finish of this.unfinished.splice(0)) finish();
  }

  /** The newest channel. */
  get channel(): ScriptedChannel {
    const channel = this.channels.at(-1);
    if (!channel) throw new Error('no channel was made yet');
    return channel;
  }

  /** Lists these names, in one page. */
  tools(...names: string[]): this {
    this.answers['tools/list'] = () => ({
      result: { tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) },
    });
    return this;
  }
}

export class ScriptedChannel implements ServerChannel {
  /** Parameters of each `initialize`. */
  readonly initialized: Params[] = [];
  readonly sent: JsonRpcMessage[] = [];
  readonly resumed: OpenCall[] = [];
  isClosed = false;
  readonly sessionKey: string;
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose = () => {};
  private readonly server: ScriptedServer;

  constructor(server: ScriptedServer, sessionKey: string) {
    this.server = server;
    this.sessionKey = sessionKey;
  }

  get idleAfter(): number | null {
    return this.server.idleAfter;
  }

  initialize(params: Params): Promise<InitializeResult> {
    this.initialized.push(params);
    const { capabilities } = this.server;
    const said = { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'scripted', version: '1' } };
    if (this.server.answersInitialize) return Promise.resolve(said);
    return new Promise((resolve) => this.server.unfinished.push(() => resolve(said)));
  }

  send(message: JsonRpcMessage): void {
    if (this.initialized.length === 0) throw new Error('nothing may be sent before it is initialized');
    this.sent.push(message);
    if (!isRequest(message)) return;
    const scripted = this.server.answers[message.method];
    const answer = scripted ? scripted(message) : { result: {} };
    if (answer) queueMicrotask(() => this.onmessage({ jsonrpc: '2.0', id: message.id, ...answer }, null));
  }

  resume(calls: readonly OpenCall[]): readonly (string | number)[] {
    this.resumed.push(...calls);
    return this.server.lost(calls);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** What was sent of a method. */
  of(method: string): (JsonRpcMessage & { params?: Params; id?: string })[] {
    return this.sent.filter((message) => 'method' in message && message.method === method) as JsonRpcRequest[] as never;
  }
}
