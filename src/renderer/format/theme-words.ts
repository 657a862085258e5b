import { t } from '../../shared/messages/language';
import type { ThemeChoice } from '../store/theme';

/** What the user can choose, in a word. */
export const THEME_WORDS: Readonly<Record<ThemeChoice, string>> = {
  system: t('words.theme.system'),
  light: t('words.theme.light'),
  dark: t('words.theme.dark'),
};
