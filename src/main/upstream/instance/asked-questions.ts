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
  /** When nobody is waited for any longer; null where whoever relays it sees to that. */
  readonly until: Ms | null;
}

/** Where questions are kept for the next Holdfast. Each call is a write to the disk. */
export interface QuestionKeeper {
  readonly asked: (questions: readonly KeptQuestion[]) => void;
  /** They have an answer, or need none any more. */
  readonly settled: (ids: readonly RequestId[]) => void;
}

/** What a server has asked its clients and has no answer to, by its own ids. */
export class AskedQuestions {
  private readonly keeper: QuestionKeeper;
  private readonly open = new Map<RequestId, Entry>();

  constructor(keeper: QuestionKeeper) {
    this.keeper = keeper;
  }

  get size(): number {
    return this.open.size;
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

  /** From now on the next Holdfast knows of them, as asked of these sessions. */
  keep(questions: readonly (readonly [RequestId, sessionKey: string])[]): void {
    const kept = questions.flatMap(([id, session_key]): KeptQuestion[] => {
      const entry = this.open.get(id);
      if (!entry) return [];
      const { method, message, inOwnCall } = entry.asked;
      entry.isKept = true;
      return [{ question_id: id, session_key, method, message, in_own_call: inOwnCall }];
    });
    if (kept.length > 0) this.keeper.asked(kept);
  }

  /** What an earlier Holdfast has kept. It waits for ten minutes from this moment, see {@link late}. */
  restore(questions: readonly KeptQuestion[], now: Ms): void {
    for (const { question_id, session_key, method, message, in_own_call: inOwnCall } of questions) {
      const asked = { channel: null, sessionKey: session_key, method, message, inOwnCall };
      this.open.set(question_id, { asked, isKept: true, until: now + QUESTION_LIFE });
    }
  }

  /**
   * Those for which nobody is waited any longer.
   * @param isAwaited - whether the client of this session waits for a call that may have asked it, and bounds it
   */
  late(now: Ms, isAwaited: (sessionKey: string | null) => boolean): readonly (readonly [RequestId, Asked])[] {
    return [...this.open].flatMap(([id, { asked, until }]) => {
      const isLate = until !== null && until <= now && !(asked.inOwnCall && isAwaited(asked.sessionKey));
      return isLate ? [[id, asked] as const] : [];
    });
  }

  /** These questions are open no longer. Returns whether any of them was. */
  settle(...ids: readonly RequestId[]): boolean {
    const kept = ids.filter((id) => this.open.get(id)?.isKept);
    if (kept.length > 0) this.keeper.settled(kept);
    return ids.filter((id) => this.open.delete(id)).length > 0;
  }
}
