import type { Ms } from '../../../../shared/model/units';
import { isRequestId, type JsonRpcRequest, type RequestId } from '../../../mcp/json-rpc';
import { withMember } from '../../../mcp/message-text';
import type { Clock, Random } from '../../../platform/ports';
import { randomText } from '../../../platform/random-text';

/** Maximum number of open questions. Beyond it, the oldest are forgotten. */
const MAX_ASKED = 1_000;

interface Asked {
  /** The server's id. */
  readonly own: RequestId;
  /** Null if it was asked before a restart. */
  readonly method: string | null;
  /** The call within which it was asked, as far as that is known. */
  readonly relatedTo: RequestId | null;
  /** The call for which it counts, which that one may only work for. */
  readonly ofCall: RequestId | null;
  /** When, in monotonic time. */
  readonly at: Ms;
}

/**
 * A server's requests that its client has not answered. The client sees them under our own ids. These contain the
 * server's id, so an answer that arrives after a restart still finds its question.
 */
export class Questions {
  private readonly random: Random;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly onChange: (call: RequestId, waiting: number) => void;
  private readonly asked = new Map<string, Asked>();
  /** The newest ids that were given to questions, answered or not, oldest first. */
  private readonly given = new Set<string>();
  /** The server's ids of questions asked before a restart, which it may ask again. */
  private readonly restored = new Set<RequestId>();

  /** @param onChange - called with a call and how many questions within it wait, when that has changed */
  constructor(
    random: Random,
    clock: Pick<Clock, 'monotonic'>,
    onChange: (call: RequestId, waiting: number) => void = () => {},
  ) {
    this.random = random;
    this.clock = clock;
    this.onChange = onChange;
  }

  get size(): number {
    return this.asked.size;
  }

  /** Returns the request as the client should see it; null if it repeats one that the client got before a restart. */
  ask(message: JsonRpcRequest, relatedTo: RequestId | null, ofCall = relatedTo): JsonRpcRequest | null {
    if (this.restored.delete(message.id)) return null;
    // Repeated questions always precede new ones.
    this.restored.clear();
    const own = Buffer.from(JSON.stringify(message.id)).toString('base64url');
    const id = `h_${randomText(this.random, 9)}.${own}`;
    this.add(id, { own: message.id, method: message.method, relatedTo, ofCall, at: this.clock.monotonic() });
    this.give(id);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.remove(oldest);
    return withMember(message, 'id', id);
  }

  /** Restores a question asked before a restart, by the id that the client knows. Any other id is ignored. */
  restore(id: string, relatedTo: RequestId): void {
    const own = ownIdIn(id);
    if (own === null) return;
    this.add(id, { own, method: null, relatedTo, ofCall: relatedTo, at: this.clock.monotonic() });
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
    this.remove(id);
    if (own !== undefined) this.restored.delete(own);
    return own;
  }

  /** Takes back a question for the server. Returns the client's id for it; undefined if it was answered. */
  takenBack(own: unknown): string | undefined {
    const id = [...this.asked].find(([, asked]) => asked.own === own)?.[0];
    if (id !== undefined) this.remove(id);
    return id;
  }

  /** Takes the questions that were asked before `before`, unless somebody still waits for the call that asks. */
  takeOlder(before: Ms, isAwaited: (relatedTo: RequestId | null) => boolean): { own: RequestId; shown: string }[] {
    const old = [...this.asked].filter(([, { at, relatedTo }]) => at <= before && !isAwaited(relatedTo));
    for (const [shown, { own }] of old) {
      this.remove(shown);
      this.restored.delete(own);
    }
    return old.map(([shown, { own }]) => ({ own, shown }));
  }

  /** Takes all open questions: the server's id, the id that the client knows, and the method, null if it was asked before a restart. */
  takeAll(): { readonly own: RequestId; readonly shown: string; readonly method: string | null }[] {
    const all = [...this.asked].map(([shown, asked]) => ({ shown, ...asked }));
    this.clear();
    return all;
  }

  /** Forgets all questions, because the server that asked them is gone. */
  clear(): void {
    for (const id of [...this.asked.keys()]) this.remove(id);
    this.restored.clear();
  }

  private add(id: string, asked: Asked): void {
    this.asked.set(id, asked);
    this.changed(asked);
  }

  private remove(id: string): void {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (asked) this.changed(asked);
  }

  private changed({ ofCall }: Asked): void {
    if (ofCall === null) return;
    this.onChange(ofCall, [...this.asked.values()].filter((one) => one.ofCall === ofCall).length);
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
