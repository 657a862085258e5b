/** Where a value stands in a JSON text: from its first character to the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object in a JSON text; the span is its value's. */
interface MemberSpan extends Span {
  readonly key: string;
  /** Where its key begins. */
  readonly from: number;
}

/** An object in a JSON text. */
export interface ObjectSpan {
  readonly members: readonly MemberSpan[];
  readonly end: number;
}

/** Looks at the value that begins at `start` and returns where it ends; -1 if none begins there. */
export type Visit = (start: number, key: string) => number;

/** Nesting beyond this is refused. JSON itself has no limit, but whoever writes what was parsed recurses. */
export const MAX_NESTING = 1_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const HEX = /[0-9a-fA-F]{4}/y;
const SHORT_ESCAPES: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)));
const LETTER_U = 0x75;
/** Anything before the space. */
const CONTROL = /[^ -\uffff]/;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Finds values in a JSON text without building them (RFC 8259). What it accepts, `JSON.parse` accepts, and the other
 * way round, except for nesting beyond {@link MAX_NESTING}. Takes time in proportion to the text.
 */
export class JsonScanner {
  readonly text: string;
  /** Whether something was refused for its nesting alone, so far. */
  isTooDeep = false;
  /** The next backslash at or after the place last asked for. */
  private backslash = -1;
  /** Most texts hold no control characters at all, which saves looking for them string by string. */
  private readonly hasControls: boolean;

  constructor(text: string) {
    this.text = text;
    this.hasControls = CONTROL.test(text);
  }

  /**
   * The members of the object that begins here, and where it ends; null if none does.
   * @param visit - looks at each value in place of {@link valueEnd}
   */
  object(start: number, visit: Visit = (at) => this.valueEnd(at)): ObjectSpan | null {
    const { text } = this;
    if (text.charCodeAt(start) !== OPEN_OBJECT) return null;
    const members: MemberSpan[] = [];
    let at = this.space(start + 1);
    if (text.charCodeAt(at) === CLOSE_OBJECT) return { members, end: at + 1 };
    for (;;) {
      const keyEnd = this.stringEnd(at);
      const value = keyEnd < 0 ? -1 : this.afterColon(keyEnd);
      const key = value < 0 ? '' : this.keyIn(at, keyEnd);
      const end = value < 0 ? -1 : visit(value, key);
      if (end < 0) return null;
      members.push({ key, from: at, start: value, end });
      at = this.space(end);
      const char = text.charCodeAt(at);
      if (char === CLOSE_OBJECT) return { members, end: at + 1 };
      if (char !== COMMA) return null;
      at = this.space(at + 1);
    }
  }

  /** The same for the elements of an array. */
  array(
    start: number,
    visit: Visit = (at) => this.valueEnd(at),
  ): { readonly elements: Span[]; readonly end: number } | null {
    const { text } = this;
    if (text.charCodeAt(start) !== OPEN_ARRAY) return null;
    const elements: Span[] = [];
    let at = this.space(start + 1);
    if (text.charCodeAt(at) === CLOSE_ARRAY) return { elements, end: at + 1 };
    for (;;) {
      const end = visit(at, String(elements.length));
      if (end < 0) return null;
      elements.push({ start: at, end });
      at = this.space(end);
      const char = text.charCodeAt(at);
      if (char === CLOSE_ARRAY) return { elements, end: at + 1 };
      if (char !== COMMA) return null;
      at = this.space(at + 1);
    }
  }

  /** The first place at or after this one that is no white space. */
  space(from: number): number {
    let at = from;
    for (;;) {
      const char = this.text.charCodeAt(at);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return at;
      at += 1;
    }
  }

  /** Where the value that begins here ends; -1 if none begins here. */
  valueEnd(from: number): number {
    const { text } = this;
    const closers: number[] = [];
    let at = from;
    for (;;) {
      const char = text.charCodeAt(at);
      if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
        const closer = char + 2;
        at = this.space(at + 1);
        if (text.charCodeAt(at) !== closer) {
          if (closers.length === MAX_NESTING) {
            this.isTooDeep = true;
            return -1;
          }
          closers.push(closer);
          if (closer === CLOSE_OBJECT) at = this.memberValue(at);
          if (at < 0) return -1;
          continue;
        }
        at += 1;
      } else at = char === QUOTE ? this.stringEnd(at) : this.scalarEnd(at);
      if (at < 0) return -1;
      // A value is complete: what follows continues its containers or closes them.
      for (;;) {
        const closer = closers.at(-1);
        if (closer === undefined) return at;
        at = this.space(at);
        const next = text.charCodeAt(at);
        if (next === closer) {
          closers.pop();
          at += 1;
          continue;
        }
        if (next !== COMMA) return -1;
        at = this.space(at + 1);
        if (closer === CLOSE_OBJECT) at = this.memberValue(at);
        if (at < 0) return -1;
        break;
      }
    }
  }

  /** Where the value of the member begins whose key begins here; -1 if there is no such member. */
  private memberValue(at: number): number {
    const keyEnd = this.stringEnd(at);
    return keyEnd < 0 ? -1 : this.afterColon(keyEnd);
  }

  private afterColon(keyEnd: number): number {
    const colon = this.space(keyEnd);
    return this.text.charCodeAt(colon) === COLON ? this.space(colon + 1) : -1;
  }

  private scalarEnd(at: number): number {
    SCALAR.lastIndex = at;
    return SCALAR.test(this.text) ? SCALAR.lastIndex : -1;
  }

  private stringEnd(start: number): number {
    const { text } = this;
    if (text.charCodeAt(start) !== QUOTE) return -1;
    let at = start + 1;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) return -1;
      if (this.backslash < at) {
        const found = text.indexOf('\\', at);
        this.backslash = found < 0 ? NEVER : found;
      }
      const stop = Math.min(quote, this.backslash);
      if (this.hasControls) for (let i = at; i < stop; i += 1) if (text.charCodeAt(i) < 0x20) return -1;
      if (stop === quote) return quote + 1;
      at = stop;
      while (text.charCodeAt(at) === BACKSLASH) {
        const length = escapeLength(text, at);
        if (length === 0) return -1;
        at += length;
      }
    }
  }

  private keyIn(start: number, end: number): string {
    const isPlain = this.backslash >= end || this.backslash < start;
    const inner = this.text.slice(start + 1, end - 1);
    return isPlain && !inner.includes('\\') ? inner : (JSON.parse(this.text.slice(start, end)) as string);
  }
}

/** Characters in the escape that begins here; 0 if it is not one. */
function escapeLength(text: string, at: number): number {
  const letter = text.charCodeAt(at + 1);
  if (SHORT_ESCAPES.has(letter)) return 2;
  HEX.lastIndex = at + 2;
  return letter === LETTER_U && HEX.test(text) ? 6 : 0;
}
