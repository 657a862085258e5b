import { EN, type MessageId } from './en';
import { type Catalogue, spokenCatalogue, t, type Values } from './language';
import { piecesOf } from './said';

/** A text of the catalogue as it can be found again. */
interface Form {
  readonly id: MessageId;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** What it begins and ends with, whatever its values are. */
  readonly head: string;
  readonly tail: string;
  /** Whether a value begins a sentence of its own; as the text does where null. */
  readonly begins: readonly (boolean | null)[];
  /** How many characters do not depend on values: the more, the surer. */
  readonly weight: number;
  /** The name of the only value that it stands for; null for a text that can stand anywhere. */
  readonly slot: string | null;
}

/** Values that are texts of the catalogue themselves, and those that may be. */
const IS_SAID: ReadonlySet<string> = new Set(['what']);
const MAY_BE_SAID: ReadonlySet<string> = new Set(['why']);
/** Values with texts of their own, `said.part.…`, which stand nowhere else. */
const SLOTS: ReadonlySet<string> = new Set(['part', 'host']);
/** A host is one word, and may say through which proxy it is asked. */
const PATTERNS: Readonly<Record<string, string>> = {
  host: String.raw`\S+(?: \(through the proxy \S+\))?`,
  status: String.raw`\d+`,
  method: String.raw`\S+`,
  code: String.raw`[\w.?-]+`,
};
/** Texts that are remembered, since a view looks for the same ones whenever it is drawn. */
const MOST_KNOWN = 500;
const LONGEST = 4_000;
/** No text has so many ends of sentences, not even with others in it. */
const MOST_ENDS = 12;
/** Beside what is in no catalogue, a text has this many characters of its own: `failed` may be anybody's word. */
const SURE = 12;
/** So many characters are compared with the catalogue for one text: what others wrote can be made to take long. */
const MOST_COMPARED = 3_000_000;

let forms: readonly Form[] | null = null;
const known = new WeakMap<Catalogue, Map<string, string | null>>();

/**
 * Says in the language of the program what the main process said in English with `said`: in an answer, in an error, or in what
 * was kept, maybe by an earlier Holdfast. The text itself tells which one of the catalogue it is, and its values. What it quotes
 * of others stays as they wrote it. It takes a few milliseconds at most, whatever others wrote.
 *
 * @returns null for a text that is in no catalogue, and for any in English: it is to be shown as it is
 */
export const whatWasSaid = (text: string): string | null => (spokenCatalogue() === EN ? null : found(text));

/** Whether a text, or a part of it, is of the catalogue, in any language of the program. All else was written by others. */
export const isSaid = (text: string): boolean => found(text) !== null;

function found(text: string): string | null {
  if (text.length > LONGEST) return null;
  const catalogue = spokenCatalogue();
  const answers = known.get(catalogue) ?? new Map<string, string | null>();
  known.set(catalogue, answers);
  const before = answers.get(text);
  if (before !== undefined) return before;
  if (answers.size >= MOST_KNOWN) answers.clear();
  const answer = new Search().in(text);
  answers.set(text, answer);
  return answer;
}

/** How a text stands: where a sentence begins, and with how many characters of its own at least. */
interface Standing {
  readonly begins: boolean;
  readonly least: number;
}

/** Looks for the texts of the catalogue in one text. A part of it is looked at once. */
class Search {
  private left = MOST_COMPARED;
  private readonly seen = new Map<string, Map<string, string | null>>();

  in(text: string): string | null {
    const found = this.several(text, { begins: true, least: 0 });
    return this.left < 0 ? null : found;
  }

  /** Texts of the catalogue, one after the other; null if any of it is none. */
  private all(text: string, standing: Standing): string | null {
    return this.once('all', text, standing, () => {
      // A value may hold anything, also the next sentence: the shortest first sentence is the right one.
      for (const end of endsIn(text).slice(0, MOST_ENDS)) {
        const first = this.one(text.slice(0, end), standing);
        const rest = first === null ? null : this.all(text.slice(end + 1), { ...standing, begins: true });
        if (rest !== null) return `${first} ${rest}`;
      }
      return this.one(text, standing);
    });
  }

  /** The same with what is in no catalogue beside it, and with the place in a file before it; null if nothing of it is. */
  private several(text: string, standing: Standing): string | null {
    return this.once('several', text, standing, () => {
      const whole = this.all(text, standing) ?? this.placed(text);
      if (whole !== null) return whole;
      const ends = endsIn(text);
      for (const end of ends.slice(0, MOST_ENDS).toReversed()) {
        const first = this.all(text.slice(0, end), { ...standing, least: SURE });
        const rest = text.slice(end + 1);
        if (first !== null) return `${first} ${this.several(rest, { begins: true, least: SURE }) ?? rest}`;
      }
      const end = ends.at(-1);
      const rest = end === undefined ? null : this.several(text.slice(end + 1), { begins: true, least: SURE });
      return rest === null ? null : `${text.slice(0, end)} ${rest}`;
    });
  }

  /** `servers.json:3: …`, `env: …`: the place stays. */
  private placed(text: string): string | null {
    const at = text.indexOf(': ');
    if (at < 1) return null;
    const rest = this.several(text.slice(at + 2), { begins: false, least: SURE });
    return rest === null ? null : `${text.slice(0, at)}: ${rest}`;
  }

  private one(text: string, standing: Standing): string | null {
    const whole = this.exactly(text, standing);
    if (whole !== null) return whole;
    if (!text.endsWith('.')) {
      const ended = this.exactly(`${text}.`, standing);
      return ended === null ? null : ended.replace(/\.$/, '');
    }
    // The end of a sentence, in place of one: `Ended with code 1.`
    const end = text.slice(0, -1);
    const found =
      this.exactly(`${end.charAt(0).toLowerCase()}${end.slice(1)}`, standing) ?? this.exactly(end, standing);
    if (found === null) return null;
    // A host stays as it is written.
    const isName = end.split(' ').includes(found.split(' ')[0] ?? '');
    return standing.begins && !isName ? `${found.charAt(0).toUpperCase()}${found.slice(1)}.` : `${found}.`;
  }

  private exactly(text: string, { begins, least }: Standing, slot: string | null = null): string | null {
    this.left -= text.length;
    if (this.left < 0) return null;
    forms ??= Object.keys(EN)
      .flatMap((id) => formOf(id as MessageId))
      .sort((a, b) => b.weight - a.weight);
    for (const form of forms) {
      if (form.slot !== slot || form.weight < least) continue;
      if (!text.startsWith(form.head) || !text.endsWith(form.tail)) continue;
      const found = form.pattern.exec(text);
      const values = found && this.valuesOf(form, found.slice(1), begins);
      if (values) return t(form.id, values);
    }
    return null;
  }

  /** Null if a value that has to be a text of the catalogue is none. */
  private valuesOf(form: Form, found: readonly string[], begins: boolean): Values | null {
    const values: Record<string, string> = {};
    for (const [index, name] of form.names.entries()) {
      const value = found[index] ?? '';
      const standing: Standing = { begins: form.begins[index] ?? begins, least: 0 };
      const translated = this.valueOf(name, value, standing);
      if (translated === null && IS_SAID.has(name)) return null;
      values[name] = translated ?? value;
    }
    return values;
  }

  private valueOf(name: string, value: string, standing: Standing): string | null {
    if (IS_SAID.has(name)) return this.all(value, standing);
    if (MAY_BE_SAID.has(name)) return this.several(value, standing);
    return SLOTS.has(name) ? this.exactly(value, standing, name) : null;
  }

  private once(what: string, text: string, { begins, least }: Standing, look: () => string | null): string | null {
    const how = `${what} ${begins} ${least}`;
    const seen = this.seen.get(how) ?? new Map<string, string | null>();
    this.seen.set(how, seen);
    if (this.left < 0) return null;
    const before = seen.get(text);
    if (before !== undefined) return before;
    const answer = look();
    seen.set(text, answer);
    return answer;
  }
}

/** Where a sentence may end that another one follows. */
const endsIn = (text: string): readonly number[] => [...text.matchAll(/[.!?:)] (?=\S)/g)].map(({ index }) => index + 1);

/** What the main process says, and what errors say by their code. */
function formOf(id: MessageId): Form[] {
  if (!id.startsWith('said.') && !id.startsWith('errors.')) return [];
  const pieces = piecesOf(EN[id]);
  const named = pieces.flatMap((piece, index) => (typeof piece === 'string' ? [] : [{ name: piece.name, index }]));
  const plain = (index: number): string => {
    const piece = pieces.at(index);
    return typeof piece === 'string' ? piece : '';
  };
  const parts = pieces.map((piece) =>
    typeof piece === 'string' ? escaped(piece) : `(${PATTERNS[piece.name] ?? '.+?'})`,
  );
  // The full stop of a sentence is not part of what stands last, unless that is a sentence.
  const last = pieces.at(-1);
  const end = typeof last === 'string' || (last && MAY_BE_SAID.has(last.name)) ? '' : String.raw`(?<!\.)`;
  const slot = id.split('.')[1] ?? '';
  return [
    {
      id,
      names: named.map(({ name }) => name),
      pattern: new RegExp(`^${parts.join('')}${end}$`, 's'),
      head: plain(0),
      tail: plain(-1),
      begins: named.map(({ index }) => (index === 0 ? null : /[.!?] $/.test(plain(index - 1)))),
      weight: pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), 0),
      slot: SLOTS.has(slot) ? slot : null,
    },
  ];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
