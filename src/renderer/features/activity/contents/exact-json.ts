/** What the language has and its types here do not: a number as it is written (ECMAScript, JSON.parse source text access). */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): unknown;
  rawJSON?(source: string): object;
  isRawJSON?(value: unknown): boolean;
}
const exact = JSON as ExactJson;

/**
 * Parses JSON. A number that JavaScript cannot hold as it is written, such as one beyond 2^53, becomes an object that
 * `JSON.stringify` writes as it was; see {@link isExactNumber}. A browser without that shows the nearest number.
 */
export function parseExactly(text: string): unknown {
  return exact.parse(text, (_key, value, context) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || JSON.stringify(value) === source) return value;
    return exact.rawJSON?.(source) ?? value;
  });
}

/** Whether this browser can do that. */
export const keepsNumbers: boolean = exact.rawJSON !== undefined;

/** Whether a value is a number that is kept as it was written. */
export const isExactNumber = (value: unknown): boolean => exact.isRawJSON?.(value) === true;
