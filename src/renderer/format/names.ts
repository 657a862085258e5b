import { t } from '../../shared/messages/language';

/** So many names are said; more would be a list and no sentence. */
const SAID = 6;

/** `files, search and 12 more`: names in a sentence that stays one, however many they are. */
export function namesWords(names: readonly string[]): string {
  const said = names.slice(0, SAID).join(', ');
  return names.length > SAID ? t('words.names.more', { names: said, count: names.length - SAID }) : said;
}
