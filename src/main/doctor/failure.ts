import type { Unchecked } from '../platform/ask';

/** A failed check. Its message is for the person at the terminal. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }
}

/** Throws a {@link Failure} with this message unless `holds` is truthy. */
export function must(holds: unknown, message: string | (() => string)): asserts holds {
  if (!holds) throw new Failure(typeof message === 'string' ? message : message());
}

/** Throws a {@link Failure} unless the response has this status. */
export function mustBe({ status: found, body }: { status: number; body: Unchecked }, status: number): void {
  const detail = typeof body?.detail === 'string' ? `: ${body.detail}` : '';
  must(found === status, `the answer was ${found} instead of ${status}${detail}`);
}
