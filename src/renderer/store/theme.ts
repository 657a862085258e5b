export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type Theme = 'light' | 'dark';

const KEY = 'holdfast.theme';
const isChoice = (text: unknown): text is ThemeChoice => (THEME_CHOICES as readonly unknown[]).includes(text);

/** What the user chose; `system` if nothing was chosen or storage is blocked. */
export function readThemeChoice(storage: Pick<Storage, 'getItem'>): ThemeChoice {
  try {
    const text = storage.getItem(KEY);
    return isChoice(text) ? text : 'system';
  } catch {
    return 'system';
  }
}

export function keepThemeChoice(storage: Pick<Storage, 'setItem'>, choice: ThemeChoice): void {
  try {
    storage.setItem(KEY, choice);
  } catch {
    // Storage may be full or blocked: the choice then lasts until the window is closed.
  }
}

export const resolveTheme = (choice: ThemeChoice, systemIsDark: boolean): Theme =>
  choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice;
