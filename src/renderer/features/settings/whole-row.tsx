import { type KeyboardEvent, useId, useState } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import { isSettingName } from '../../../shared/model/setting-definitions';
import { checkSetting } from '../../../shared/model/setting-rules';
import { unitWord } from '../../../shared/model/setting-words';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';
import { RowFrame, SettingNote } from './setting-frame';
import { useSaveSetting } from './use-save-setting';

export interface WholeRowProps {
  setting: Setting;
  /** How much there is today of what it limits. */
  used?: string | undefined;
  /** Asked before a value is saved: a sentence why it cannot be, or null. `undefined` leaves it to whoever asked. */
  before?(value: number): Promise<string | null | undefined>;
}

/** A setting that is a whole number. What is typed stays until it is saved or given up, whatever is wrong with it. */
export function WholeRow({ setting, used, before }: WholeRowProps) {
  const id = useId();
  const { save, error, setError } = useSaveSetting(setting);
  const [draft, setDraft] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { name, label, help, value, unit, min, max, editable } = setting;
  const isChanged = draft !== null && draft.trim() !== String(value);

  const giveUp = () => {
    setDraft(null);
    setError(null);
  };
  /** @param saved - null puts the default back */
  const saveChecked = async (value: number, saved: number | null) => {
    setBusy(true);
    // What is only forgotten beneath a variable changes nothing.
    const problem = before && editable ? await before(value) : null;
    if (problem) setError(problem);
    else if (problem === null && (await save(saved))) setDraft(null);
    setBusy(false);
  };
  const submit = () => {
    if (draft === null || !isChanged || busy || !isSettingName(name)) return;
    const checked = checkSetting(name, draft);
    if ('problem' in checked) setError(checked.problem);
    else void saveChecked(Number(checked.value), Number(checked.value));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') submit();
    if (event.key === 'Escape' && draft !== null) giveUp();
  };
  return (
    <RowFrame
      controlId={id}
      label={label}
      help={help}
      error={error}
      note={
        isChanged ? (
          t('settings.range', { min: String(min), max: String(max) })
        ) : (
          <SettingNote setting={setting} onReset={() => void saveChecked(Number(setting.default), null)} />
        )
      }
    >
      <div className="flex items-center gap-2">
        <input
          id={id}
          inputMode="numeric"
          autoComplete="off"
          value={draft ?? String(value)}
          readOnly={!editable}
          aria-invalid={error !== null}
          aria-describedby={unit === null ? `${id}-note` : `${id}-unit ${id}-note`}
          onChange={(event) => {
            setDraft(event.target.value);
            setError(null);
          }}
          onKeyDown={onKey}
          className={cx(INPUT, 'max-w-28 tabular-nums', error && 'border-danger', !editable && 'bg-sunken! text-ink-2')}
        />
        {unit !== null && !isChanged && (
          <span id={`${id}-unit`} className="text-ink-2 text-sm">
            {unitWord(unit)}
            {used !== undefined && ` · ${t('settings.kept.used', { size: used })}`}
          </span>
        )}
        {isChanged && (
          <>
            <Button
              variant="primary"
              disabled={busy}
              aria-label={t('settings.save_change', { label })}
              onClick={() => submit()}
            >
              {t('settings.save')}
            </Button>
            <Button variant="ghost" aria-label={t('settings.cancel_change', { label })} onClick={giveUp}>
              {t('settings.cancel')}
            </Button>
          </>
        )}
      </div>
    </RowFrame>
  );
}
