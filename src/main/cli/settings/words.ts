import type { Setting } from '../../../shared/contract/settings';
import { amountWords } from '../../../shared/model/setting-words';
import { bytesWords } from '../privacy/words';

const ORIGINS = { default: 'default', saved: 'saved', environment: 'environment' } as const;

/** Where a value comes from, and what it waits for. */
function originOf({ origin, environment, pending, running }: Setting): string {
  const from = origin === 'environment' ? `${environment}` : ORIGINS[origin];
  return pending ? `${from}; until the next start ${running}` : from;
}

/** The value as `set` takes it, with its unit. */
const amount = ({ value, unit }: Setting): string => (unit === null ? String(value) : amountWords(unit, value));

/** The table of `holdfast settings`, with its head. */
export const settingRows = (settings: readonly Setting[]): string[][] => [
  ['NAME', 'VALUE', 'DEFAULT', 'FROM'],
  ...settings.map((setting) => [setting.name, String(setting.value), String(setting.default), originOf(setting)]),
];

/**
 * What a setting is, one line after another.
 * @param used - bytes that there are today of what it limits; null if it limits none
 */
export function settingLines(setting: Setting, used: number | null): string[] {
  const { name, label, help, min, max, options, environment, editable, origin, saved } = setting;
  const allowed = options.length > 0 ? options.map((one) => one.value).join(', ') : `${min} to ${max}`;
  const lines = [
    `${name} = ${amount(setting)} (${originOf(setting)})`,
    `  ${label}. ${help}`,
    `  Values: ${allowed}. Default: ${setting.default}.`,
  ];
  if (used !== null) lines.push(`  Today: ${bytesWords(used)}.`);
  if (environment !== null && editable) lines.push(`  ${environment} goes before it.`);
  if (origin === 'environment') lines.push(`  Set by ${environment}; change it there.`);
  if (origin === 'environment' && saved !== null) lines.push(`  Beneath it, ${saved} is saved; "reset" forgets it.`);
  if (origin !== 'environment' && !editable) lines.push(`  Only ${environment} can set it.`);
  return lines;
}

/** What was done by a change. */
export function changeLine(setting: Setting): string {
  const { name, pending, origin } = setting;
  if (origin === 'environment')
    return `Nothing is saved for ${name}. ${setting.environment} sets it to ${amount(setting)}.`;
  const is = `${name} is ${amount(setting)}${origin === 'default' ? ', its default' : ''}`;
  return pending ? `${is} after the next start of Holdfast.` : `${is}.`;
}
