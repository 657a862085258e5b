import { type Container, isContainer, isSame, parseExact, stringifyExact, stringifyMember } from './exact-json';
import { JsonScanner, type ObjectSpan, type Span } from './json-scanner';

/** Holds the texts of a message's parts. Copies made with `{...message}` carry it along. */
const TEXTS = Symbol('parts as they arrived');
/** The members whose texts are kept. All others are for Holdfast to read. */
const PARTS: ReadonlySet<string> = new Set(['params', 'result', 'error']);
/** Longer parts are parsed when somebody looks at them, which for most results nobody does. In characters. */
const READ_LATER = 16 * 1024;
const UNREAD = Object.freeze({});
const MARK = '\uFEFF';

/** A part's text, and its value once somebody looked. */
class Part {
  readonly text: string;
  isRead = false;
  private known: unknown;

  constructor(text: string) {
    this.text = text;
  }

  /** Says what its value is. */
  isKnown(value: unknown): void {
    this.known = value;
    this.isRead = true;
  }

  get value(): unknown {
    if (!this.isRead) this.known = parseExact(this.text);
    this.isRead = true;
    return this.known;
  }
}

type Value = Record<string, unknown> & { [TEXTS]?: Record<string, Part> };

/**
 * Parses a JSON text, or the elements of the array that it is; empty if it is not valid JSON. A byte order mark in front
 * is skipped. Objects remember the texts of their `params`, `result` and `error` for {@link textOf}. Such a part is no
 * more than text until it is looked at if it is long.
 */
export function valuesIn(text: string): readonly unknown[] {
  const line = oneLine(text);
  const scanner = new JsonScanner(line);
  const start = scanner.space(0);
  if (!isArrayText(line)) return valueAt(scanner, start, line.length);
  const array = scanner.array(start);
  if (!array || scanner.space(array.end) < line.length) return [];
  return array.elements.flatMap((element) => valueAt(scanner, element.start, element.end));
}

/** Whether the text, if it is valid JSON, is an array. */
export const isArrayText = (text: string): boolean => /^[\s\uFEFF]*\[/.test(text);

/**
 * The message as JSON in one line. Parts that were not changed are as they arrived, to the letter; of a changed part,
 * whatever was not changed. Numbers are never rewritten.
 */
export function textOf(message: object): string {
  const texts = (message as Value)[TEXTS];
  if (!texts) return stringifyExact(message);
  let text = '';
  for (const key of Object.keys(message)) {
    const part = PARTS.has(key) ? texts[key] : undefined;
    if (!part && (message as Value)[key] === undefined) continue;
    const value = part ? patchedPart(message as Value, key, part) : stringifyMember(message as Container, key);
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  }
  return `{${text}}`;
}

/** One of the message's parts as JSON, as {@link textOf} writes it; null if there is none. */
export function partText(message: object, key: 'params' | 'result' | 'error'): string | null {
  const part = (message as Value)[TEXTS]?.[key];
  if (!part && (message as Value)[key] === undefined) return null;
  return part ? patchedPart(message as Value, key, part) : stringifyMember(message as Container, key);
}

/** How many bytes the message's parts have as they arrived, in UTF-8; 0 if it was made here. Does not look at them. */
export function sizeOf(message: object): number {
  const texts = (message as Value)[TEXTS] ?? {};
  return Object.values(texts).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

/** A copy of the message with another value for one member. Does not look at its parts, as `{...message}` would. */
export function withMember<T extends object>(message: T, key: string, value: unknown): T {
  if (!hasUnread(message as Value)) return { ...message, [key]: value };
  const copy: Value = Object.defineProperties({}, Object.getOwnPropertyDescriptors(message as Value));
  return Object.defineProperty(copy, key, { value, ...PLAIN }) as unknown as T;
}

/** A copy of the message without these members. Does not look at its parts either. */
export function withoutMembers(message: object, keys: readonly string[]): Record<string, unknown> {
  const copy = withMember(message, '', undefined) as Record<string, unknown>;
  for (const key of ['', ...keys]) delete copy[key];
  return copy;
}

/** The value of a member, or some object in place of a part that is an object and that nobody has looked at yet. */
export function glance(message: Readonly<Record<string, unknown>>, key: string): unknown {
  const part = PARTS.has(key) ? (message as Value)[TEXTS]?.[key] : undefined;
  return part && isUntouched(message as Value, key, part) ? UNREAD : message[key];
}

/**
 * Whether a part's text may hold one of these texts in a key or a string, however it is escaped. True if the part has no
 * text. It spares looking at long parts for what they do not have.
 */
export function mayHold(message: object, key: string, ...sought: readonly string[]): boolean {
  const part = (message as Value)[TEXTS]?.[key];
  if (!part || !isUntouched(message as Value, key, part)) return true;
  return part.text.includes('\\u') || sought.some((text) => part.text.includes(text));
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const;

/** Line breaks end a message over stdio and in event streams. In JSON they only stand where a space may. */
function oneLine(text: string): string {
  const line = text.startsWith(MARK) ? text.slice(MARK.length) : text;
  return /[\r\n]/.test(line) ? line.replace(/[\r\n]/g, ' ') : line;
}

function valueAt(scanner: JsonScanner, start: number, limit: number): readonly unknown[] {
  const { text } = scanner;
  const object = scanner.object(start);
  if (object) return scanner.space(object.end) >= limit ? [objectOf(text, start, object)] : [];
  const end = scanner.valueEnd(start);
  if (end >= 0) return scanner.space(end) >= limit ? [JSON.parse(text.slice(start, end))] : [];
  return scanner.isTooDeep ? tooDeep(text.slice(start, limit)) : [];
}

function objectOf(text: string, from: number, { members, end: to }: ObjectSpan): Value {
  const isShort = to - from < READ_LATER;
  const value = (isShort ? parseExact(text.slice(from, to)) : {}) as Value;
  const texts: Record<string, Part> = {};
  for (const { key, start, end } of members) {
    const isPart = PARTS.has(key) && text.charAt(start) === '{';
    // Of members with the same key the last one counts.
    if (isPart) texts[key] = new Part(text.slice(start, end));
    else if (PARTS.has(key)) delete texts[key];
    if (!isShort) define(value, key, texts[key], text.slice(start, end));
  }
  if (isShort) for (const key in texts) texts[key]?.isKnown(value[key]);
  value[TEXTS] = texts;
  return value;
}

function define(value: Value, key: string, part: Part | undefined, text: string): void {
  const isLater = part !== undefined && text.length >= READ_LATER;
  const known = isLater ? { get: () => part.value } : { value: part ? part.value : parseExact(text), writable: true };
  Object.defineProperty(value, key, { ...known, enumerable: true, configurable: true });
}

/** What remains of a message that nobody could write again: enough to tell whom it concerns, and that it is malformed. */
function tooDeep(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!isContainer(value)) return [];
    return [
      Object.fromEntries(Object.entries(value).map(([key, part]) => [key, isContainer(part) ? 'too deep' : part])),
    ];
  } catch {
    return [];
  }
}

function hasUnread(message: Value): boolean {
  const texts = message[TEXTS];
  for (const key in texts) {
    const part = texts[key];
    if (part && isUntouched(message, key, part)) return true;
  }
  return false;
}

const isUntouched = (message: Value, key: string, part: Part): boolean =>
  !part.isRead && Object.getOwnPropertyDescriptor(message, key)?.get !== undefined;

function patchedPart(message: Value, key: string, part: Part): string {
  if (isUntouched(message, key, part)) return part.text;
  const span = { start: 0, end: part.text.length };
  return patched(new JsonScanner(part.text), span, part.value, message as Container, key);
}

/** The text of a value, with all that it has in common with `before` as it stands in the text of `before`. */
function patched(scanner: JsonScanner, { start, end }: Span, before: unknown, holder: Container, key: string): string {
  const { text } = scanner;
  const after = holder[key];
  if (isSame(before, after)) return text.slice(start, end);
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return stringifyMember(holder, key);
  }
  if (Array.isArray(before)) {
    const elements = scanner.array(start)?.elements ?? [];
    if (elements.length !== after.length) return stringifyExact(after);
    const pieces = elements.map((span, index) => patched(scanner, span, before[index], after, String(index)));
    return spliced(text, { start, end }, elements, pieces);
  }
  const members = scanner.object(start)?.members ?? [];
  const last = new Map(members.map((member) => [member.key, member]));
  const kept = members.filter((member) => {
    if (!Object.hasOwn(after, member.key) || after[member.key] === undefined) return false;
    // A changed value replaces all members with its key.
    return isSame(before[member.key], after[member.key]) || last.get(member.key) === member;
  });
  const values = kept.map((member) => patched(scanner, member, before[member.key], after, member.key));
  const added = Object.keys(after)
    .filter((name) => !last.has(name) && after[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${stringifyMember(after, name)}`);
  if (kept.length === members.length && added.length === 0) return spliced(text, { start, end }, kept, values);
  const rest = kept.map((member, index) => text.slice(member.from, member.start) + values[index]);
  return `{${[...rest, ...added].join(',')}}`;
}

/** A text with other texts in place of some spans within. */
function spliced(text: string, { start, end }: Span, spans: readonly Span[], pieces: readonly string[]): string {
  let result = '';
  let at = start;
  for (const [index, span] of spans.entries()) {
    result += text.slice(at, span.start) + pieces[index];
    at = span.end;
  }
  return result + text.slice(at, end);
}
