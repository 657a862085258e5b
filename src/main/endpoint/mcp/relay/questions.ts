import { isRequestId, type JsonRpcRequest, type RequestId } from '../../../mcp/json-rpc';
import type { Random } from '../../../platform/ports';
import { randomText } from '../../../platform/random-text';

/** Older ones are forgotten first. */
const MAX_ASKED = 1_000;

/**
 * Requests of a server that its client has not answered. The client sees them under ids of ours, which hold the server's own
 * id, so that an answer that comes after a restart still finds its question.
 */
export class Questions {
  private readonly random: Random;
  private readonly asked = new Map<string, RequestId>();
  /** Ids of the server that were asked before a restart. */
  private readonly restored = new Set<RequestId>();

  constructor(random: Random) {
    this.random = random;
  }

  get size(): number {
    return this.asked.size;
  }

  /** The request as the client is to see it; null for one that it was asked before a restart and that came again. */
  ask(message: JsonRpcRequest): JsonRpcRequest | null {
    if (this.restored.delete(message.id)) return null;
    // What comes again comes before anything new.
    this.restored.clear();
    const own = Buffer.from(JSON.stringify(message.id)).toString('base64url');
    const id = `h_${randomText(this.random, 9)}.${own}`;
    this.asked.set(id, message.id);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
    return { ...message, id };
  }

  /** A question that was asked before a restart, by the id that the client knows. Any other id changes nothing. */
  restore(id: string): void {
    const own = ownIdIn(id);
    if (own === null) return;
    this.asked.set(id, own);
    this.restored.add(own);
  }

  /** The client answers: the id by which the server knows its question; undefined when nobody asked. */
  answered(id: RequestId | null): RequestId | undefined {
    if (typeof id !== 'string') return undefined;
    const own = this.asked.get(id);
    this.asked.delete(id);
    if (own !== undefined) this.restored.delete(own);
    return own;
  }

  /** The server takes a question back: the id by which the client knows it; undefined when it was answered. */
  takenBack(own: unknown): string | undefined {
    const id = [...this.asked].find(([, asked]) => asked === own)?.[0];
    if (id !== undefined) this.asked.delete(id);
    return id;
  }

  /** The server that asked is gone. */
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
