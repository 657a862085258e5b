import type { Setting } from '../contract/settings';
import type { SettingValue } from './setting-definitions';

/** `48 hours`, `1 hour`, `Keep running`: a value as a person says it. */
export function valueWords({ unit, options }: Pick<Setting, 'unit' | 'options'>, value: SettingValue): string {
  const label = options.find((option) => option.value === value)?.label ?? String(value);
  if (unit === null) return label;
  return `${label} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}
