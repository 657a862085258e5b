import { JsonScanner, MAX_NESTING } from './json-scanner';

/**
 * The texts of the numbers directly in an object or array that would be written differently, by key: `1.0`, `1e400`,
 * `-0`, integers beyond 2^53. It is no property of the object, because whoever validates that would stumble over it.
 */
const numbers = new WeakMap<object, Readonly<Record<string, string>>>();

export type Container = Record<string | number, unknown>;

/** Matches any text that may hold such a number. It also matches much else, which only costs time. */
const SUSPECT = /\d{16}|[\d.]{17}|\d\.\d*0(?!\d)|\d[eE]|-0(?!\.)|\.0{6}/;

/**
 * Like `JSON.parse`, but {@link stringifyExact} writes each number as it was, as long as it stays in its object or array,
 * or in one that {@link keepNumbers} knows to be a copy.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isContainer(value) && SUSPECT.test(text)) note(new JsonScanner(text), text.search(/[{[]/), value, 0);
  return value;
}

/** Like `JSON.stringify` of a value that holds plain data only, with the numbers of {@link parseExact} as they were. */
export const stringifyExact = (value: unknown): string => (carries(value) ? write(value) : JSON.stringify(value));

/** Whether both are the same number, text, truth value or object. */
export const isSame = Object.is;

export const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Notes the numbers of the container that begins at `start`, and of all within. Returns where it ends. */
function note(scanner: JsonScanner, start: number, container: Container, depth: number): number {
  let texts: Record<string, string> | undefined;
  const visit = (at: number, key: string): number => {
    const value = Object.hasOwn(container, key) ? container[key] : undefined;
    const opener = scanner.text.charAt(at);
    if (isContainer(value) && opener === (Array.isArray(value) ? '[' : '{') && depth < MAX_NESTING) {
      return note(scanner, at, value, depth + 1);
    }
    const end = scanner.valueEnd(at);
    // Of members with the same key the last one counts.
    if (texts !== undefined) delete texts[key];
    const text = typeof value === 'number' ? scanner.text.slice(at, end) : '';
    if (typeof value === 'number' && JSON.stringify(value) !== text) {
      texts ??= Object.create(null) as Record<string, string>;
      texts[key] = apart(text);
    }
    return end;
  };
  const { end } = (Array.isArray(container) ? scanner.array(start, visit) : scanner.object(start, visit)) ?? {
    end: -1,
  };
  if (texts !== undefined) numbers.set(container, texts);
  else numbers.delete(container);
  return end;
}

/** The same text in memory of its own: a part of a text keeps all of it in memory. */
const apart = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** Whether a number within must be written from its text. */
function carries(value: unknown): boolean {
  if (!isContainer(value)) return false;
  if (numbers.has(value)) return true;
  if (Array.isArray(value)) return value.some(carries);
  for (const key in value) if (carries(value[key])) return true;
  return false;
}

/** The copy of an object, changed or not, which from now on keeps the texts of the numbers that it took over. */
export function keepNumbers<T extends object>(from: object, copy: T): T {
  const texts = numbers.get(from);
  if (texts !== undefined) numbers.set(copy, texts);
  return copy;
}

/** The texts of those numbers directly in an object or array that would be written differently, by key. */
export const numberTexts = (container: Container): Readonly<Record<string | number, string>> | undefined =>
  numbers.get(container);

/** The text of one member of an object or array, as {@link stringifyExact} writes it there. */
export function stringifyMember(container: Container, key: string | number): string {
  const value = container[key];
  const text = typeof value === 'number' ? numbers.get(container)?.[key] : undefined;
  return text !== undefined && isSame(Number(text), value) ? text : (stringifyExact(value) ?? 'null');
}

function write(value: unknown): string {
  if (!isContainer(value)) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((_, index) => writeMember(value, index)).join(',')}]`;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${writeMember(value, key)}`).join(',')}}`;
}

function writeMember(container: Container, key: string | number): string {
  const value = container[key];
  return isContainer(value) ? write(value) : stringifyMember(container, key);
}
