import { IntlMessageFormat } from 'intl-messageformat';
import { EN, type MessageId } from './en';

/** The languages that the window speaks, as BCP 47 tags. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in ICU MessageFormat for every id. */
export type Catalogue = Readonly<Record<MessageId, string>>;

/** What can stand in a text for a name. */
export type Values = Readonly<Record<string, string | number | Date>>;

interface Spoken {
  readonly locale: string;
  readonly catalogue: Catalogue;
  readonly formats: Map<MessageId, IntlMessageFormat>;
}

const speak = (locale: string, catalogue: Catalogue): Spoken => ({ locale, catalogue, formats: new Map() });

let spoken = speak('en', EN);

/**
 * Sets the language for the whole program. Tables of words are made when their module is loaded, so this comes first: the
 * window loads anew when its language changes.
 *
 * @param locale how numbers, dates and plurals are written; of the catalogue's language
 */
export function setLanguage(locale: string, catalogue: Catalogue): void {
  spoken = speak(locale, catalogue);
}

/** A text in English, whatever is spoken: what the main process and the wire say. */
export const inEnglish: Say = sayIn('en', EN);

/** The texts of the language that is spoken. */
export const spokenCatalogue = (): Catalogue => spoken.catalogue;

/** How numbers and dates are written: a BCP 47 tag that `Intl` accepts. */
export const locale = (): string => spoken.locale;

/** The parsed text of an id. */
export const messageFormat = (id: MessageId): IntlMessageFormat => formatOf(spoken, id);

function formatOf({ locale, catalogue, formats }: Spoken, id: MessageId): IntlMessageFormat {
  const known = formats.get(id);
  if (known) return known;
  const format = new IntlMessageFormat(catalogue[id], locale);
  formats.set(id, format);
  return format;
}

const QUOTED_BRACKET = "'<'";
/** Has no name in braces, no tag and no other quote, which all mean something in ICU MessageFormat. */
const isPlain = (text: string): boolean => !/[{}<']/.test(text.replaceAll(QUOTED_BRACKET, ''));

/** A plain text needs no formatter: the first one made takes 20 ms and 10 MB, and a start has only plain sentences. */
function say(language: Spoken, id: MessageId, values?: Values): string {
  const text = language.catalogue[id];
  return isPlain(text) ? text.replaceAll(QUOTED_BRACKET, '<') : (formatOf(language, id).format(values) as string);
}

/** Gives the text of an id in some language; throws as {@link t} does. */
export type Say = (id: MessageId, values?: Values) => string;

/** Says texts in a language of its own, whatever the program speaks: for the part of the main process that a person sees. */
export function sayIn(locale: string, catalogue: Catalogue): Say {
  const own = speak(locale, catalogue);
  return (id, values) => say(own, id, values);
}

/**
 * The text of an id in the language of the program.
 *
 * @param values what its names in braces stand for; plurals count by them
 * @throws {Error} if a value is missing, which a test of the view finds
 */
export const t = (id: MessageId, values?: Values): string => say(spoken, id, values);

/**
 * What the main process said in English, in the language of the program; null if it is none of these texts.
 *
 * @param values what stands in each of them for its names
 */
export function translationOf(said: string, ids: readonly MessageId[], values?: Values): string | null {
  const id = ids.find((one) => inEnglish(one, values) === said);
  return id === undefined ? null : t(id, values);
}
