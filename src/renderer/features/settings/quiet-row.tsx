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
  const saveDraft = () => {
    if (draft === null) return;
    if (draft.from === '' || draft.to === '') setError(t('notifications.quiet.incomplete'));
    else void save(draft);
  };
  const time = (end: keyof QuietHours, label: string) => (
    <input
      type="time"
      aria-label={label}
      aria-invalid={error !== null}
      value={hours[end]}
      onChange={(event) => {
        setError(null);
        setDraft({ ...hours, [end]: event.target.value });
      }}
      onBlur={saveDraft}
      onKeyDown={(event) => event.key === 'Enter' && saveDraft()}
      className={cx(INPUT, 'max-w-32 tabular-nums', error && 'border-danger')}
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
