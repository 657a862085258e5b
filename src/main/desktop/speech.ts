import { EN } from '../../shared/messages/en';
import { type Say, sayIn } from '../../shared/messages/language';
import { CATALOGUES, isLanguageChoice, type LanguageChoice, resolveLanguage } from '../../shared/messages/speech';
import type { KeptValues } from './kept-values';

/** Name of the setting that says what the window speaks. */
const CHOICE = 'desktop_language';

/**
 * What tray, menus, notifications and dialogs speak: the language of the window, which says so whenever it is loaded. The log, the
 * command line and REST stay English.
 */
export class DesktopSpeech {
  private readonly system: () => readonly string[];
  private readonly listeners = new Set<() => void>();
  private kept: KeptValues | null = null;
  private choice: LanguageChoice = 'system';
  private speaker: Say = sayIn('en', EN);

  /** @param system - the user's languages, the preferred one first */
  constructor(system: () => readonly string[]) {
    this.system = system;
  }

  /** Says a text in the language of now. */
  readonly say: Say = (id, values) => this.speaker(id, values);

  /** Speaks what was chosen in an earlier run, or as the system does until there is a place to look. */
  async begin(kept: KeptValues | null): Promise<void> {
    this.kept = kept;
    const choice: unknown = kept?.get(CHOICE) ?? 'system';
    await this.speak(isLanguageChoice(choice) ? choice : 'system');
  }

  /**
   * Speaks another language, at once and in runs to come.
   * @throws Error when the choice cannot be saved; it holds for this run then
   */
  async choose(choice: LanguageChoice): Promise<void> {
    if (choice === this.choice) return;
    await this.speak(choice);
    this.kept?.set(CHOICE, choice);
  }

  /** Calls the listener after another language was chosen, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async speak(choice: LanguageChoice): Promise<void> {
    this.choice = choice;
    const { language, locale } = resolveLanguage(choice, this.system());
    const speaker = sayIn(locale, await CATALOGUES[language]());
    // Another choice may have been made meanwhile.
    if (this.choice !== choice) return;
    this.speaker = speaker;
    for (const listener of this.listeners) listener();
  }
}
