import { EN, type MessageId } from './en';
import type { Values } from './language';

/** What the main process says; the window says it in its own language. */
export type SaidId = Extract<MessageId, `said.${string}`>;

declare const OF_THE_CATALOGUE: unique symbol;

/** English of the catalogue, which the window can therefore say in any of its languages. */
export type Sentence = string & { readonly [OF_THE_CATALOGUE]: true };

/** A part of a text: what stands there as it is, or the name of a value. */
export type Piece = string | { readonly name: string };

const known = new Map<string, readonly Piece[]>();

/** The names of values in a text; a brace right after a quote is meant as it is. */
type NamesIn<Text extends string> = Text extends `${infer Before}{${infer Name}}${infer Rest}`
  ? (Before extends `${string}'` ? never : Name) | NamesIn<Rest>
  : never;

/** The values that the text of an id needs. Which ones is not known where it may be any id. */
type ValuesOf<Id extends SaidId> = SaidId extends Id
  ? [values?: Values]
  : [NamesIn<(typeof EN)[Id]>] extends [never]
    ? []
    : [values: Readonly<Record<NamesIn<(typeof EN)[Id]>, Values[string]>>];

/**
 * Says something in English: the log, REST, the command line and what is kept have it in this form, and the window finds out
 * which text of the catalogue it was. A value may be such a text itself.
 *
 * @throws {Error} if a value is missing
 */
export function said<Id extends SaidId>(id: Id, ...values: ValuesOf<Id>): Sentence;
export function said(id: SaidId, values: Values = {}): Sentence {
  const text = piecesOf(EN[id]).map((piece) => {
    if (typeof piece === 'string') return piece;
    const value = values[piece.name];
    if (value === undefined) throw new Error(`the text ${id} has no value for ${piece.name}`);
    return String(value);
  });
  return text.join('') as Sentence;
}

/** Several sentences, one after the other; empty ones are left out. */
export const sentences = (...parts: readonly (Sentence | '')[]): Sentence =>
  parts.filter(Boolean).join(' ') as Sentence;

/**
 * The parts of a text in ICU MessageFormat that has nothing but names in braces, which is how all texts here are written.
 * The main process says them without the formatter, which takes 10 MB.
 *
 * @throws {Error} for a text that has more than that
 */
export function piecesOf(text: string): readonly Piece[] {
  const before = known.get(text);
  if (before) return before;
  const pieces: Piece[] = [];
  let plain = '';
  // What stands between single quotes is meant as it is, if the first one is before a special character.
  for (const [token, quoted, name] of text.matchAll(/'([{}<>][^']*)'|\{(\w+)\}|[{}]|[^'{}]+|'/g)) {
    if (quoted !== undefined) plain += quoted;
    else if (name !== undefined) {
      if (plain !== '') pieces.push(plain);
      plain = '';
      pieces.push({ name });
    } else if (token === '{' || token === '}') throw new Error(`more than names of values: ${text}`);
    else plain += token;
  }
  if (plain !== '') pieces.push(plain);
  known.set(text, pieces);
  return pieces;
}
