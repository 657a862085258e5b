import { type Sentence, said } from '../../shared/messages/said';
import type { Unchecked } from '../platform/ask';

/** A failed check. Its message is for the person at the terminal. */
export class Failure extends Error {
  constructor(message: Sentence) {
    super(message);
    this.name = 'Failure';
  }
}

/** Throws a {@link Failure} with this message unless `holds` is truthy. */
export function must(holds: unknown, message: Sentence | (() => Sentence)): asserts holds {
  if (!holds) throw new Failure(typeof message === 'function' ? message() : message);
}

/** Throws a {@link Failure} unless the response has this status. */
export function mustBe({ status: found, body }: { status: number; body: Unchecked }, status: number): void {
  const why: unknown = body?.detail;
  must(
    found === status,
    typeof why === 'string'
      ? said('said.check.status_detail', { found, status, why })
      : said('said.check.status', { found, status }),
  );
}
