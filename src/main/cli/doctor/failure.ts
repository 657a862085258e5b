import type { Unchecked } from '../http';

/** A check that did not hold. Its message is for the person at the terminal. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }
}

/** Throws a {@link Failure} with the message when something does not hold. */
export function must(holds: unknown, message: string | (() => string)): asserts holds {
  if (!holds) throw new Failure(typeof message === 'string' ? message : message());
}

/** Throws a {@link Failure} when the answer has not the status that is due. */
export function mustBe({ status: found, body }: { status: number; body: Unchecked }, status: number): void {
  const detail = typeof body?.detail === 'string' ? `: ${body.detail}` : '';
  must(found === status, `the answer was ${found} instead of ${status}${detail}`);
}
