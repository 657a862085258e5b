import { isRequest, type JsonRpcMessage, type JsonRpcRequest, type Params } from '#src/main/mcp/json-rpc';
import type { Home, OpenCall, ServerChannel } from '#src/main/mcp/server-channel';

/** Result of a request; an error; or null, when the test answers by hand. */
type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } } | null;

/** A server as the test wants it, and every end that was made of it. */
export class ScriptedServer {
  readonly ends: ScriptedEnd[] = [];
  capabilities: Params = { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {}, completions: {} };
  /** Answers by method; what is not here is answered with an empty result. */
  answers: Record<string, (request: JsonRpcRequest) => Answer> = {};
  /** Awaited before an end is made. */
  beforeConnect: () => Promise<void> = async () => {};
  idleAfter: number | null = null;
  /** Ids that nobody will answer, of those that are to be resumed. */
  lost: (calls: readonly OpenCall[]) => readonly (string | number)[] = () => [];

  async connect(home: Home): Promise<ServerChannel> {
    await this.beforeConnect();
    const end = new ScriptedEnd(this, home);
    this.ends.push(end);
    return end;
  }

  /** The newest end. */
  get end(): ScriptedEnd {
    const end = this.ends.at(-1);
    if (!end) throw new Error('no end was made yet');
    return end;
  }

  /** Lists these names, in one page. */
  tools(...names: string[]): this {
    this.answers['tools/list'] = () => ({
      result: { tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) },
    });
    return this;
  }
}

export class ScriptedEnd implements ServerChannel {
  readonly sent: JsonRpcMessage[] = [];
  readonly resumed: OpenCall[] = [];
  isClosed = false;
  homeId: string;
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose = () => {};
  private readonly server: ScriptedServer;

  constructor(server: ScriptedServer, home: Home) {
    this.server = server;
    this.homeId = home.id;
  }

  get idleAfter(): number | null {
    return this.server.idleAfter;
  }

  send(message: JsonRpcMessage): void {
    this.sent.push(message);
    if (!isRequest(message)) return;
    const scripted = this.server.answers[message.method];
    const answer = scripted ? scripted(message) : { result: this.defaultResult(message) };
    if (answer) queueMicrotask(() => this.onmessage({ jsonrpc: '2.0', id: message.id, ...answer }, null));
  }

  rehome(sessionId: string): void {
    this.homeId = sessionId;
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

  private defaultResult({ method }: JsonRpcRequest): unknown {
    if (method !== 'initialize') return {};
    const serverInfo = { name: 'scripted', version: '1' };
    return { protocolVersion: '2025-11-25', capabilities: this.server.capabilities, serverInfo };
  }
}
