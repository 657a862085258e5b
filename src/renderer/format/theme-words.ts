import type { ThemeChoice } from '../store/theme';

/** What the user can choose, in a word. */
export const THEME_WORDS: Readonly<Record<ThemeChoice, string>> = { system: 'System', light: 'Light', dark: 'Dark' };
