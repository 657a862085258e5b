import { EN } from '../../shared/messages/en';
import { type Catalogue, LANGUAGES, type Language, setLanguage } from '../../shared/messages/language';
import { sanitiseLocale } from '../format/locale';

export const LANGUAGE_CHOICES = ['system', ...LANGUAGES] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

const KEY = 'holdfast.language';
const isChoice = (text: unknown): text is LanguageChoice => (LANGUAGE_CHOICES as readonly unknown[]).includes(text);

/** What the user chose; `system` if nothing was chosen or storage is blocked. */
export function readLanguageChoice(storage: Pick<Storage, 'getItem'>): LanguageChoice {
  try {
    const text = storage.getItem(KEY);
    return isChoice(text) ? text : 'system';
  } catch {
    return 'system';
  }
}

/** Keeps the choice for the next time that the page is loaded. False if storage is full or blocked. */
export function keepLanguageChoice(storage: Pick<Storage, 'setItem'>, choice: LanguageChoice): boolean {
  try {
    storage.setItem(KEY, choice);
    return true;
  } catch {
    return false;
  }
}

/** What the window speaks, and how it writes dates and numbers. */
export interface Speech {
  readonly language: Language;
  /** A BCP 47 tag that `Intl` accepts. */
  readonly locale: string;
}

/**
 * The first of the user's languages that Holdfast speaks, or English. Dates and numbers follow the system where they can:
 * `de-AT` stays `de-AT`, and a system in a language that Holdfast does not speak keeps its dates.
 *
 * @param system the user's languages, the preferred one first
 */
export function resolveLanguage(choice: LanguageChoice, system: readonly string[]): Speech {
  const tags = system.map(sanitiseLocale);
  const speaks = (tag: string, language: Language): boolean => tag.split('-')[0] === language;
  if (choice !== 'system') {
    return { language: choice, locale: tags.find((tag) => speaks(tag, choice)) ?? choice };
  }
  for (const tag of tags) {
    const language = LANGUAGES.find((one) => speaks(tag, one));
    if (language) return { language, locale: tag };
  }
  return { language: 'en', locale: tags[0] ?? 'en' };
}

/** Loads only what is spoken. */
const CATALOGUES: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(EN),
  de: async () => (await import('../../shared/messages/de')).DE,
};

/** Makes the page speak the user's language. Comes before any module that has words is loaded. */
export async function speakLanguage(page: Window): Promise<void> {
  const { language, locale } = resolveLanguage(readLanguageChoice(page.localStorage), page.navigator.languages);
  setLanguage(locale, await CATALOGUES[language]());
  page.document.documentElement.lang = language;
}
