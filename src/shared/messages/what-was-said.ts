import { EN, type MessageId } from './en';
import { type Catalogue, spokenCatalogue, t, type Values } from './language';
import { piecesOf } from './said';

/** A text of the catalogue as it can be found again. */
interface Form {
  readonly id: MessageId;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** How many characters do not depend on values: the more, the surer. */
  readonly weight: number;
}

/** Values that are texts of the catalogue themselves, and those that may be. */
const IS_SAID: ReadonlySet<string> = new Set(['what']);
const MAY_BE_SAID: ReadonlySet<string> = new Set(['why', 'host', 'part']);
/** A host is one word, and may say through which proxy it is asked. */
const PATTERNS: Readonly<Record<string, string>> = {
  host: String.raw`\S+(?: \(through the proxy \S+\))?`,
  status: String.raw`\d+`,
  code: String.raw`[\w.?-]+`,
};
/** Texts in texts. What is deeper stays as it is. */
const DEEPEST = 5;
/** Texts that are remembered, since a view looks for the same ones whenever it is drawn. */
const MOST_KNOWN = 500;
const LONGEST = 4_000;

let forms: readonly Form[] | null = null;
const known = new WeakMap<Catalogue, Map<string, string | null>>();

/**
 * Says in the language of the program what the main process said in English with `said`: in an answer, in an error, or in what
 * was kept, maybe by an earlier Holdfast. The text itself tells which one of the catalogue it is, and its values. What it quotes
 * of others stays as they wrote it.
 *
 * @returns null for a text that is in no catalogue, and for any in English: it is to be shown as it is
 */
export function whatWasSaid(text: string): string | null {
  const catalogue = spokenCatalogue();
  if (catalogue === EN || text.length > LONGEST) return null;
  const answers = known.get(catalogue) ?? new Map<string, string | null>();
  known.set(catalogue, answers);
  const before = answers.get(text);
  if (before !== undefined) return before;
  if (answers.size >= MOST_KNOWN) answers.clear();
  const found = several(text, 0);
  answers.set(text, found);
  return found;
}

/** Texts of the catalogue, one after the other; null if any of it is none. */
function all(text: string, depth: number): string | null {
  if (depth > DEEPEST) return null;
  const whole = one(text, depth);
  if (whole !== null) return whole;
  for (const end of endsIn(text)) {
    const first = one(text.slice(0, end), depth);
    const rest = first === null ? null : all(text.slice(end + 1), depth);
    if (rest !== null) return `${first} ${rest}`;
  }
  return null;
}

/** The same with what is in no catalogue beside it, and with the place in a file before it; null if nothing of it is. */
function several(text: string, depth: number): string | null {
  const whole = all(text, depth) ?? placed(text, depth);
  if (whole !== null || depth > DEEPEST) return whole;
  const ends = endsIn(text);
  for (const end of ends) {
    const first = one(text.slice(0, end), depth);
    const rest = text.slice(end + 1);
    if (first !== null) return `${first} ${several(rest, depth + 1) ?? rest}`;
  }
  const end = ends.at(-1);
  const rest = end === undefined ? null : several(text.slice(end + 1), depth + 1);
  return rest === null ? null : `${text.slice(0, end)} ${rest}`;
}

/** Where a sentence may end that another one follows, the last one first: a text may have several sentences. */
const endsIn = (text: string): readonly number[] =>
  [...text.matchAll(/[.!?:)] (?=\S)/g)].map(({ index }) => index + 1).toReversed();

/** `servers.json:3: …`, `env: …`: the place stays. */
function placed(text: string, depth: number): string | null {
  const at = text.indexOf(': ');
  if (at < 1) return null;
  const rest = several(text.slice(at + 2), depth + 1);
  return rest === null ? null : `${text.slice(0, at)}: ${rest}`;
}

function one(text: string, depth: number): string | null {
  const whole = exactly(text, depth);
  if (whole !== null) return whole;
  if (!text.endsWith('.')) {
    const ended = exactly(`${text}.`, depth);
    return ended === null ? null : ended.replace(/\.$/, '');
  }
  // The end of a sentence, in place of one: `Ended with code 1.`
  const end = text.slice(0, -1);
  const found = exactly(`${end.charAt(0).toLowerCase()}${end.slice(1)}`, depth) ?? exactly(end, depth);
  if (found === null) return null;
  // A host stays as it is written.
  const isName = end.split(' ').includes(found.split(' ')[0] ?? '');
  return isName ? `${found}.` : `${found.charAt(0).toUpperCase()}${found.slice(1)}.`;
}

function exactly(text: string, depth: number): string | null {
  forms ??= Object.keys(EN)
    .flatMap((id) => formOf(id as MessageId))
    .sort((a, b) => b.weight - a.weight);
  for (const { id, pattern, names } of forms) {
    const found = pattern.exec(text);
    const values = found && valuesOf(names, found.slice(1), depth);
    if (values) return t(id, values);
  }
  return null;
}

/** Null if a value that has to be a text of the catalogue is none. */
function valuesOf(names: readonly string[], found: readonly string[], depth: number): Values | null {
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = found[index] ?? '';
    const translated = IS_SAID.has(name)
      ? all(value, depth + 1)
      : MAY_BE_SAID.has(name)
        ? several(value, depth + 1)
        : value;
    if (translated === null && IS_SAID.has(name)) return null;
    values[name] = translated ?? value;
  }
  return values;
}

/** What the main process says, and what errors say by their code. */
function formOf(id: MessageId): Form[] {
  if (!id.startsWith('said.') && !id.startsWith('errors.')) return [];
  const pieces = piecesOf(EN[id]);
  const names = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
  const parts = pieces.map((piece) =>
    typeof piece === 'string' ? escaped(piece) : `(${PATTERNS[piece.name] ?? '.+?'})`,
  );
  const weight = pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), 0);
  // The full stop of a sentence is not part of what stands last, unless that is a sentence.
  const last = pieces.at(-1);
  const end = typeof last === 'string' || (last && MAY_BE_SAID.has(last.name)) ? '' : String.raw`(?<!\.)`;
  return [{ id, names, weight, pattern: new RegExp(`^${parts.join('')}${end}$`, 's') }];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
