import { useId } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';
import { RowFrame, SettingNote } from './setting-frame';
import { useSaveSetting } from './use-save-setting';

/** A setting with a few values. Choosing saves. */
export function ChoiceRow({ setting }: { setting: Setting }) {
  const id = useId();
  const { save, error } = useSaveSetting(setting);
  const { label, help, value, options, editable } = setting;
  return (
    <RowFrame
      controlId={id}
      label={label}
      help={help}
      error={error}
      note={<SettingNote setting={setting} onReset={() => void save(null)} />}
    >
      <select
        id={id}
        value={value}
        disabled={!editable}
        aria-describedby={`${id}-note`}
        onChange={(event) => void save(event.target.value)}
        className={cx(INPUT, !editable && 'bg-sunken! text-ink-2')}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} translate={option.label === option.value ? 'no' : undefined}>
            {option.label}
          </option>
        ))}
      </select>
    </RowFrame>
  );
}
