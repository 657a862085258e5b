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

/** Digits that this browser may not be able to hold: more than fifteen, an exponent, or a zero at the end of a fraction. */
const MAY_BE_OTHER = /\d{16}|\d[eE][+-]?\d|\d\.\d*0(?!\d)/;

/** Whether {@link parseExactly} keeps every number of a text as it is written, as far as this browser can. */
export const keepsNumbersOf = (text: string): boolean => exact.rawJSON !== undefined || !MAY_BE_OTHER.test(text);

/** Whether a value is a number that is kept as it was written. */
export const isExactNumber = (value: unknown): boolean => exact.isRawJSON?.(value) === true;
