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
export const inEnglish = (id: MessageId, values?: Values): string =>
  new IntlMessageFormat(EN[id], 'en').format(values) as string;

/** How numbers and dates are written: a BCP 47 tag that `Intl` accepts. */
export const locale = (): string => spoken.locale;

/** The parsed text of an id. */
export function messageFormat(id: MessageId): IntlMessageFormat {
  const known = spoken.formats.get(id);
  if (known) return known;
  const format = new IntlMessageFormat(spoken.catalogue[id], spoken.locale);
  spoken.formats.set(id, format);
  return format;
}

/**
 * The text of an id in the language of the program.
 *
 * @param values what its names in braces stand for; plurals count by them
 * @throws {Error} if a value is missing, which a test of the view finds
 */
export const t = (id: MessageId, values?: Values): string => messageFormat(id).format(values) as string;
