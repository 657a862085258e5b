import { definitionOf, type SettingName, type SettingValue, type SettingValues } from './setting-definitions';

/** A value that fits its setting, or a sentence that says what would. */
export type Checked = { readonly value: SettingValue } | { readonly problem: string };

/**
 * Reads a value as a person or a program gave it: a number, or text.
 *
 * @param called - what the sentence calls the setting; a value from the environment is called by its variable
 */
export function checkSetting(name: SettingName, given: unknown, called?: string): Checked {
  const definition = definitionOf(name);
  const subject = called ?? definition.label;
  const text = typeof given === 'string' ? given.trim() : typeof given === 'number' ? String(given) : '';
  if (definition.kind === 'choice') {
    if (definition.options.some(({ value }) => value === text)) return { value: text };
    const options = definition.options.map(({ value, label }) => (value === label ? value : `${value} (${label})`));
    return { problem: `${subject}: choose ${options.slice(0, -1).join(', ')} or ${options.at(-1)}.` };
  }
  const min = called === undefined ? definition.min : (definition.minInEnvironment ?? definition.min);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= definition.max) return { value };
  const unit = definition.unit === null ? '' : ` (${definition.unit})`;
  return { problem: `${subject} must be a whole number from ${min} to ${definition.max}${unit}.` };
}

/** What does not fit together, as a sentence; null if all does. */
export function checkTogether({ retention_hours, token_life_minutes }: SettingValues): string | null {
  if (retention_hours * 60 >= token_life_minutes) return null;
  const least = Math.ceil(token_life_minutes / 60);
  return `A reconnect token must not outlive its session: keep a session without a client for at least ${least} hours, or give tokens at most ${retention_hours * 60} minutes.`;
}
