import type { Ms } from '../../../shared/model/units';
import type { JsonRpcRequest, RequestId } from '../../mcp/json-rpc';
import { QUESTION_LIFE } from '../../mcp/unanswered';
import type { OpenQuestion } from '../upstream-ports';
import type { RoutedChannel } from './routed-channel';

/** Unanswered requests from the server. The oldest are forgotten first. */
const MAX_ASKED = 1_000;

/** A question as it is kept for the next Holdfast. */
export type KeptQuestion = Omit<OpenQuestion, 'instance_id'>;

/** A request from the server that was passed on. */
export interface Asked {
  /** Null once that is gone. */
  channel: RoutedChannel | null;
  /** Whose answer it takes. */
  sessionKey: string | null;
  readonly method: string;
  /** Null if it is not to be asked again. */
  readonly message: JsonRpcRequest | null;
  /** Whether the call that asks it is of the session that is asked. */
  readonly inOwnCall: boolean;
}

interface Entry {
  readonly asked: Asked;
  isKept: boolean;
  /** When nobody is waited for any longer; null while whoever relays it sees to that. */
  readonly until: Ms | null;
}

/** Where questions are kept for the next Holdfast. */
export interface QuestionKeeper {
  readonly asked: (question: KeptQuestion) => void;
  /** It has an answer, or needs none any more. */
  readonly settled: (id: RequestId) => void;
}

/** What a server has asked its clients and has no answer to, by its own ids. */
export class AskedQuestions {
  private readonly keeper: QuestionKeeper;
  private readonly open = new Map<RequestId, Entry>();

  constructor(keeper: QuestionKeeper) {
    this.keeper = keeper;
  }

  get(id: RequestId): Asked | undefined {
    return this.open.get(id)?.asked;
  }

  /** Oldest first; safe to settle them meanwhile. */
  get all(): readonly (readonly [RequestId, Asked])[] {
    return [...this.open].map(([id, { asked }]) => [id, asked] as const);
  }

  add(id: RequestId, asked: Asked): void {
    this.settle(id);
    this.open.set(id, { asked, isKept: false, until: null });
    const [oldest] = this.open.keys();
    if (this.open.size > MAX_ASKED && oldest !== undefined) this.settle(oldest);
  }

  /** From now on the next Holdfast knows of it, as asked of this session. */
  keep(id: RequestId, session_key: string): void {
    const entry = this.open.get(id);
    if (!entry) return;
    const { method, message, inOwnCall } = entry.asked;
    entry.isKept = true;
    this.keeper.asked({ question_id: id, session_key, method, message, in_own_call: inOwnCall });
  }

  /** What an earlier Holdfast has kept. Nobody relays it now, so it waits for ten minutes from this moment, unless its call bounds it. */
  restore(questions: readonly KeptQuestion[], now: Ms): void {
    for (const { question_id, session_key, method, message, in_own_call: inOwnCall } of questions) {
      const asked = { channel: null, sessionKey: session_key, method, message, inOwnCall };
      this.open.set(question_id, { asked, isKept: true, until: inOwnCall ? null : now + QUESTION_LIFE });
    }
  }

  /** Those for which nobody is waited any longer. */
  late(now: Ms): readonly (readonly [RequestId, Asked])[] {
    return [...this.open].flatMap(([id, { asked, until }]) =>
      until !== null && until <= now ? [[id, asked] as const] : [],
    );
  }

  /** The question is open no longer. Returns whether it was. */
  settle(id: RequestId): boolean {
    if (this.open.get(id)?.isKept) this.keeper.settled(id);
    return this.open.delete(id);
  }
}
