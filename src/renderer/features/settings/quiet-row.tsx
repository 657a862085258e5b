import { useState } from 'react';
import type { QuietHours } from '../../../shared/contract/alert';
import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { errorSentence } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { Switch } from '../../ui/switch';
import type { AlertRowProps } from './alert-row';
import { RowFrame } from './setting-frame';

/** Shown until the user chose others. */
const USUAL: QuietHours = { from: '22:00', to: '07:00' };

/** Hours of each day in which nothing is told. Times are saved when both are there and the focus leaves them. */
export function QuietRow({ settings: { quiet_hours }, take }: AlertRowProps) {
  const { changeAlertSettings } = useActions();
  const [draft, setDraft] = useState<QuietHours | null>(null);
  const [error, setError] = useState<string | null>(null);
  const hours = draft ?? quiet_hours ?? USUAL;
  const save = async (next: QuietHours | null) => {
    setError(null);
    try {
      await take(changeAlertSettings({ quiet_hours: next }));
      setDraft(null);
    } catch (failure) {
      setError(errorSentence(failure));
    }
  };
  const giveUp = () => {
    setDraft(null);
    setError(null);
  };
  const saveDraft = () => {
    if (draft === null) return;
    const [from, to] = [timeOf(draft.from), timeOf(draft.to)];
    if (from === null || to === null) setError(t('notifications.quiet.incomplete'));
    else void save({ from, to });
  };
  const time = (end: keyof QuietHours, label: string) => (
    <input
      // Not of type "time": that shows the 12-hour clock of the system, and nothing else here does.
      type="text"
      inputMode="numeric"
      autoComplete="off"
      maxLength={5}
      aria-label={label}
      aria-invalid={error !== null}
      value={hours[end]}
      onChange={(event) => {
        setError(null);
        setDraft({ ...hours, [end]: event.target.value });
      }}
      onBlur={saveDraft}
      onKeyDown={(event) => {
        if (event.key === 'Enter') saveDraft();
        if (event.key === 'Escape') giveUp();
      }}
      className={cx(INPUT, 'max-w-20 tabular-nums', error && 'border-danger')}
    />
  );
  return (
    <RowFrame label={t('notifications.quiet')} help={t('notifications.quiet.help')} error={error}>
      <div className="flex flex-col gap-2">
        <Switch
          label={t('notifications.quiet.switch')}
          checked={quiet_hours !== null}
          onChange={(isOn) => void save(isOn ? hours : null)}
        />
        {quiet_hours !== null && (
          <div className="flex items-center gap-2 text-ink-2 text-sm">
            {time('from', t('notifications.quiet.from'))}
            <span aria-hidden>{t('notifications.quiet.between')}</span>
            {time('to', t('notifications.quiet.to'))}
          </div>
        )}
      </div>
    </RowFrame>
  );
}

/** `7:00` and `07:00` as `07:00`; null for what is no time of day. */
function timeOf(text: string): string | null {
  const whole = text.trim().padStart(5, '0');
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(whole) ? whole : null;
}
