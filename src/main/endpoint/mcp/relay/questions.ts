import { isRequestId, type JsonRpcRequest, type RequestId } from '../../../mcp/json-rpc';
import { withMember } from '../../../mcp/message-text';
import type { Random } from '../../../platform/ports';
import { randomText } from '../../../platform/random-text';

/** Maximum number of open questions. Beyond it, the oldest are forgotten. */
const MAX_ASKED = 1_000;

/**
 * A server's requests that its client has not answered. The client sees them under our own ids. These contain the
 * server's id, so an answer that arrives after a restart still finds its question.
 */
export class Questions {
  private readonly random: Random;
  private readonly asked = new Map<string, { readonly own: RequestId; readonly method: string | null }>();
  /** The newest ids that were given to questions, answered or not, oldest first. */
  private readonly given = new Set<string>();
  /** The server's ids of questions asked before a restart, which it may ask again. */
  private readonly restored = new Set<RequestId>();

  constructor(random: Random) {
    this.random = random;
  }

  get size(): number {
    return this.asked.size;
  }

  /** Returns the request as the client should see it; null if it repeats one that the client got before a restart. */
  ask(message: JsonRpcRequest): JsonRpcRequest | null {
    if (this.restored.delete(message.id)) return null;
    // Repeated questions always precede new ones.
    this.restored.clear();
    const own = Buffer.from(JSON.stringify(message.id)).toString('base64url');
    const id = `h_${randomText(this.random, 9)}.${own}`;
    this.asked.set(id, { own: message.id, method: message.method });
    this.give(id);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
    return withMember(message, 'id', id);
  }

  /** Restores a question asked before a restart, by the id that the client knows. Any other id is ignored. */
  restore(id: string): void {
    const own = ownIdIn(id);
    if (own === null) return;
    this.asked.set(id, { own, method: null });
    this.give(id);
    this.restored.add(own);
  }

  /**
   * Takes the answer to a question that was asked before a restart, outside any call. Returns the server's id for it; undefined
   * if there was no such question, or it was answered, or the server has asked another one with its id since.
   * @param wasAsked - whether the client was asked this
   */
  answeredLate(id: RequestId | null, wasAsked: (id: string) => boolean): RequestId | undefined {
    if (typeof id !== 'string' || this.given.has(id)) return undefined;
    const own = ownIdIn(id);
    if (own === null || [...this.asked.values()].some((asked) => asked.own === own) || !wasAsked(id)) return undefined;
    this.give(id);
    return own;
  }

  private give(id: string): void {
    this.given.add(id);
    const [oldest] = this.given;
    if (this.given.size > MAX_ASKED && oldest !== undefined) this.given.delete(oldest);
  }

  /** Takes the client's answer. Returns the server's id for the question; undefined if there is no such question. */
  answered(id: RequestId | null): RequestId | undefined {
    if (typeof id !== 'string') return undefined;
    const own = this.asked.get(id)?.own;
    this.asked.delete(id);
    if (own !== undefined) this.restored.delete(own);
    return own;
  }

  /** Takes back a question for the server. Returns the client's id for it; undefined if it was answered. */
  takenBack(own: unknown): string | undefined {
    const id = [...this.asked].find(([, asked]) => asked.own === own)?.[0];
    if (id !== undefined) this.asked.delete(id);
    return id;
  }

  /** Takes all open questions: the server's id, the id that the client knows, and the method, null if it was asked before a restart. */
  takeAll(): { readonly own: RequestId; readonly shown: string; readonly method: string | null }[] {
    const all = [...this.asked].map(([shown, asked]) => ({ shown, ...asked }));
    this.clear();
    return all;
  }

  /** Forgets all questions, because the server that asked them is gone. */
  clear(): void {
    this.asked.clear();
    this.restored.clear();
  }
}

function ownIdIn(id: string): RequestId | null {
  const encoded = /^h_[\w-]{12}\.([\w-]+)$/.exec(id)?.[1];
  if (encoded === undefined) return null;
  try {
    const own: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return isRequestId(own) ? own : null;
  } catch {
    return null;
  }
}
