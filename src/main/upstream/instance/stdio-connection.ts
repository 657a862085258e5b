import { said } from '../../../shared/messages/said';
import {
  asServerMessage,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf, valuesIn } from '../../mcp/message-text';
import type { ChildEnd, ChildListener, KeeperLink, KeptChild } from '../keeper/keeper-ports';
import type { OutputLine } from '../past-output';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import type { StdioTarget } from '../upstream-ports';

/** How many non-message lines of standard output to keep. The oldest are dropped first. */
const MAX_NOTES = 50;
const MAX_NOTE = 1_000;
/** Answers to requests of an earlier run that are taken as expected. */
const MAX_ASKED_BEFORE = 256;
const KEEPER_LOST = said('said.server.keeper_lost');
const NOTE = 'not a message, on standard output: ';

type OnMessage = ServerConnection['onmessage'];
type OnClose = ServerConnection['onclose'];

/**
 * A connection over stdio to a process that the keeper owns (MCP 2025-11-25, transports, stdio: one message per line).
 * Whatever arrives before `onmessage` and `onclose` are set waits for them.
 */
export class StdioConnection implements ServerConnection {
  readonly isResumed = false;
  child: KeptChild | null = null;
  readonly session = null;
  onstate: () => void = () => {};
  /** Lines of standard output that were not messages, oldest first. Shown to a person, never treated as a failure. */
  private readonly notes: string[] = [];
  private readonly keeper: KeeperLink;
  private readonly childId: string;
  private deliver: OnMessage | null = null;
  private tell: OnClose | null = null;
  private readonly early: JsonRpcMessage[] = [];
  private ended: ConnectionEnd | null = null;
  private isAdopted = false;
  /** The last lines of standard error output; null until the process ends. */
  private lastWords: readonly OutputLine[] | null = null;
  private isClosed = false;
  /** Requests that the process may still answer. What it was asked before a restart is unknown. */
  private asked = 0;

  private constructor(keeper: KeeperLink, childId: string) {
    this.keeper = keeper;
    this.childId = childId;
  }

  /** Starts the process. Rejects with a sentence for a person when it cannot be started. */
  static async start(keeper: KeeperLink, childId: string, target: StdioTarget): Promise<StdioConnection> {
    const connection = new StdioConnection(keeper, childId);
    connection.child = await keeper.spawn(childId, target, connection.listener());
    return connection;
  }

  /** Adopts a process that the keeper already owns. It stays silent until {@link listen}. */
  static adopt(keeper: KeeperLink, child: KeptChild): StdioConnection {
    const connection = new StdioConnection(keeper, child.child_id);
    connection.child = child;
    connection.isAdopted = true;
    connection.asked = MAX_ASKED_BEFORE;
    return connection;
  }

  listen(): void {
    if (!this.isAdopted || this.isClosed) return;
    this.isAdopted = false;
    try {
      this.keeper.adopt(this.childId, this.listener());
    } catch {
      // The keeper has been lost since, when no listener was registered yet.
      this.say({ sentence: KEEPER_LOST, code: null, signal: null, keeperLost: true });
    }
  }

  /** Pipes outlast any sleep. */
  wake(): void {}

  /** Always true: the process survived the restart, so it may answer any call. */
  mayAnswer(): boolean {
    return true;
  }

  send(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    try {
      this.keeper.write(this.childId, textOf(message));
      if (isRequest(message)) this.asked += 1;
    } catch {
      if (!isRequest(message)) return;
      const refusal = rpcError(message.id, RPC.invalidRequest, 'The message is too large for a server over stdio.');
      queueMicrotask(() => this.deliver?.(refusal, message.id));
    }
  }

  set onmessage(deliver: OnMessage) {
    this.deliver = deliver;
    for (const message of this.early.splice(0)) deliver(message, null);
  }

  get onmessage(): (message: JsonRpcMessage, relatedTo: RequestId | null) => void {
    return this.deliver ?? (() => {});
  }

  set onclose(tell: OnClose) {
    this.tell = tell;
    if (this.ended !== null) this.say(this.ended);
  }

  get onclose(): OnClose {
    return this.tell ?? (() => {});
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.keeper.end(this.childId);
  }

  release(): void {
    this.isClosed = true;
    this.keeper.leave(this.childId);
  }

  /** The newest lines of standard error output, then the non-message lines of standard output. */
  async stderr(): Promise<string[]> {
    return [...(await this.output()).map(({ text }) => text), ...this.notes];
  }

  async output(): Promise<readonly OutputLine[]> {
    return this.lastWords ?? (await this.keeper.stderr(this.childId));
  }

  private listener(): ChildListener {
    return {
      onLine: (line) => this.read(line),
      onExit: (end) => {
        this.lastWords = end.stderr;
        this.say({ ...end, sentence: sentenceOf(end) });
      },
    };
  }

  /** @returns how many messages in the line answered no request; anything that is no message counts too */
  private read(line: string): number {
    if (this.isClosed || line.trim() === '') return 1;
    const messages = messagesOf(line);
    if (messages === null) {
      this.notes.push(NOTE + line.slice(0, MAX_NOTE));
      if (this.notes.length > MAX_NOTES) this.notes.shift();
      return 1;
    }
    let unasked = 0;
    for (const message of messages) {
      if (isResponse(message) && this.asked > 0) this.asked -= 1;
      else unasked += 1;
      if (this.deliver) this.deliver(message, null);
      else this.early.push(message);
    }
    return unasked;
  }

  private say(end: ConnectionEnd): void {
    this.ended = end;
    if (this.isClosed || !this.tell) return;
    this.isClosed = true;
    this.tell(end);
  }
}

/** The messages in a line: one, or several in a batch (MCP 2025-03-26); null if it contains anything else. */
function messagesOf(line: string): JsonRpcMessage[] | null {
  const messages = valuesIn(line).map(asServerMessage);
  return messages.length > 0 && messages.every((message) => message !== null) ? messages : null;
}

function sentenceOf({ code, signal, reason, keeperLost }: ChildEnd): string {
  if (keeperLost) return KEEPER_LOST;
  if (reason !== null) return said('said.server.ended_because', { what: reason });
  return signal === null ? said('said.server.ended', { code: code ?? '?' }) : said('said.server.killed', { signal });
}
