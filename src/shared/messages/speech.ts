import { type Catalogue, LANGUAGES, type Language } from './language';
import { sanitiseLocale } from './locale';

export const LANGUAGE_CHOICES = ['system', ...LANGUAGES] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

/** Whether something that was kept is a choice. */
export const isLanguageChoice = (text: unknown): text is LanguageChoice =>
  (LANGUAGE_CHOICES as readonly unknown[]).includes(text);

/** What is spoken, and how dates and numbers are written. */
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
export const CATALOGUES: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import('./en')).EN,
  de: async () => (await import('./de')).DE,
};
