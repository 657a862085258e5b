// @ts-check

/** A check that did not hold. Its message is for the person at the terminal. */
export class Failure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'Failure';
  }
}

/**
 * @param {unknown} holds
 * @param {string | (() => string)} message what is wrong when it does not hold
 * @returns {asserts holds}
 */
export function must(holds, message) {
  if (!holds) throw new Failure(typeof message === 'string' ? message : message());
}

/**
 * The answer has the status that is due.
 *
 * @param {{ status: number, body: any }} answer
 * @param {number} status
 */
export function mustBe({ status: found, body }, status) {
  const detail = typeof body?.detail === 'string' ? `: ${body.detail}` : '';
  must(found === status, `the answer was ${found} instead of ${status}${detail}`);
}
