import type { Setting } from '../contract/settings';
import type { MessageId } from '../messages/en';
import { t } from '../messages/language';
import type { SettingName, SettingUnit, SettingValue } from './setting-definitions';

/** What a setting is called, in the language of the program. */
export const settingLabel = (name: SettingName): string => t(`setting.${name}`);

/** One line: what it does. */
export const settingHelp = (name: SettingName): string => t(`setting.${name}.help`);

/** What a value of a choice is called. Levels of the log are called what they are. */
export const optionLabel = (name: SettingName, value: string): string => {
  const id = OPTIONS[`${name}.${value}`];
  return id === undefined ? value : t(id);
};

const OPTIONS: Readonly<Record<string, MessageId>> = {
  'closing.keep_running': 'setting.closing.keep_running',
  'closing.quit': 'setting.closing.quit',
  'hold_changed_tools.off': 'setting.hold_changed_tools.off',
  'hold_changed_tools.on': 'setting.hold_changed_tools.on',
  'trust_servers.0': 'setting.trust_servers.0',
  'trust_servers.1': 'setting.trust_servers.1',
  'secrets.keychain': 'setting.secrets.keychain',
  'secrets.file': 'setting.secrets.file',
};

/** `hours`, beside a number. */
export const unitWord = (unit: SettingUnit): string => t(`setting.unit.${unit}`);

/** `48 hours`, `1 hour`: a number as a person says it, with its digits as they are typed. */
export const amountWords = (unit: SettingUnit, value: SettingValue): string =>
  t(`setting.amount.${unit}`, { text: String(value), count: Number(value) });

/** `48 hours`, `1 hour`, `Keep running`: a value as a person says it. */
export function valueWords({ unit, options }: Pick<Setting, 'unit' | 'options'>, value: SettingValue): string {
  if (unit !== null) return amountWords(unit, value);
  return options.find((option) => option.value === value)?.label ?? String(value);
}

/** The setting with its words in the language of the program: whoever listed it may speak another one. */
export function inOwnWords<S extends Setting>(setting: S, name: SettingName): S {
  const options = setting.options.map(({ value }) => ({ value, label: optionLabel(name, value) }));
  return { ...setting, label: settingLabel(name), help: settingHelp(name), options };
}
