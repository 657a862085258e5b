export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type Theme = 'light' | 'dark';

const KEY = 'holdfast.theme';
const isChoice = (text: unknown): text is ThemeChoice => (THEME_CHOICES as readonly unknown[]).includes(text);

/** What the person chose; `system` when nothing was chosen or storage is closed to us. */
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
    // Storage may be full or closed: the choice then holds until the window is closed.
  }
}

export const resolveTheme = (choice: ThemeChoice, systemIsDark: boolean): Theme =>
  choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice;
