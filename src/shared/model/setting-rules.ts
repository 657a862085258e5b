import { t } from '../messages/language';
import { definitionOf, type SettingName, type SettingValue, type SettingValues } from './setting-definitions';
import { optionLabel, settingLabel, unitWord } from './setting-words';

/** A value that fits its setting, or a sentence that says what would. */
export type Checked = { readonly value: SettingValue } | { readonly problem: string };

/**
 * Reads a value as a person or a program gave it: a number, or text.
 *
 * @param called - what the sentence calls the setting; a value from the environment is called by its variable
 */
export function checkSetting(name: SettingName, given: unknown, called?: string): Checked {
  const definition = definitionOf(name);
  const subject = called ?? settingLabel(name);
  const text = typeof given === 'string' ? given.trim() : typeof given === 'number' ? String(given) : '';
  if (definition.kind === 'choice') {
    if (definition.options.includes(text)) return { value: text };
    const options = definition.options.map((value) => {
      const label = optionLabel(name, value);
      return value === label ? value : `${value} (${label})`;
    });
    const last = options.at(-1) ?? '';
    return { problem: t('setting.problem.choice', { subject, options: options.slice(0, -1).join(', '), last }) };
  }
  const min = called === undefined ? definition.min : (definition.minInEnvironment ?? definition.min);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= definition.max) return { value };
  const { unit } = definition;
  const words = { subject, min: String(min), max: String(definition.max) };
  return {
    problem:
      unit === null
        ? t('setting.problem.range', words)
        : t('setting.problem.range_unit', { ...words, unit: unitWord(unit) }),
  };
}

/** What does not fit together, as a sentence; null if all does. */
export function checkTogether({ retention_hours, token_life_minutes }: SettingValues): string | null {
  if (retention_hours * 60 >= token_life_minutes) return null;
  return t('setting.problem.token_outlives', {
    hours: String(Math.ceil(token_life_minutes / 60)),
    minutes: String(retention_hours * 60),
  });
}
