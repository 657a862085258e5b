import { setLanguage } from '../../shared/messages/language';
import { CATALOGUES, isLanguageChoice, type LanguageChoice, resolveLanguage } from '../../shared/messages/speech';

const KEY = 'holdfast.language';

/** What the user chose; `system` if nothing was chosen or storage is blocked. */
export function readLanguageChoice(storage: Pick<Storage, 'getItem'>): LanguageChoice {
  try {
    const text = storage.getItem(KEY);
    return isLanguageChoice(text) ? text : 'system';
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

/** Makes the page speak the user's language. Comes before any module that has words is loaded. */
export async function speakLanguage(page: Window): Promise<void> {
  const { language, locale } = resolveLanguage(readLanguageChoice(page.localStorage), page.navigator.languages);
  setLanguage(locale, await CATALOGUES[language]());
  page.document.documentElement.lang = language;
}
