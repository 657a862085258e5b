import { type ReactNode, useEffect } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import { valueWords } from '../../../shared/model/setting-words';
import { cx } from '../../ui/cx';
import { focusInvalid } from '../../ui/focus-invalid';
import { useKeptFocus } from '../../ui/use-kept-focus';

export interface RowFrameProps {
  /** Id of the control that the label belongs to; without one, the label is only text. */
  controlId?: string;
  label: string;
  help: ReactNode;
  /** Said under the control. */
  note?: ReactNode;
  error?: string | null;
  children: ReactNode;
}

/** A row: what it is and does on the left, the control and what is to be said of it on the right. */
export function RowFrame({ controlId, label, help, note, error, children }: RowFrameProps) {
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const { ref } = keptFocus;
  useEffect(() => {
    // Whoever has gone on to another field meanwhile stays there.
    if (error && ref.current?.contains(document.activeElement)) focusInvalid(ref.current);
  }, [error, ref]);
  const Label = controlId === undefined ? 'span' : 'label';
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-2 py-3 min-[800px]:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <Label {...(controlId === undefined ? {} : { htmlFor: controlId })} className="font-medium text-ink">
          {label}
        </Label>
        <p className="text-ink-2 text-sm">{help}</p>
      </div>
      <div {...keptFocus} className="flex min-w-0 flex-col gap-1">
        {children}
        <div
          id={controlId === undefined ? undefined : `${controlId}-note`}
          role={error ? 'alert' : undefined}
          className={cx('min-h-5 text-sm leading-5', error ? 'text-danger' : 'text-ink-3')}
        >
          {error || note}
        </div>
      </div>
    </div>
  );
}

/** What there is to say of a setting that is not being edited: who sets it, what it waits for, the way back. */
export function SettingNote({ setting, onReset }: { setting: Setting; onReset(): void }) {
  const { label, environment, editable, origin, pending, running, saved } = setting;
  const usual = valueWords(setting, setting.default);
  if (origin === 'environment') {
    return (
      <span className="flex flex-wrap gap-x-3">
        <span>{t('settings.set_by', { environment: environment ?? '' })}</span>
        <span>{t('settings.default.is', { value: usual })}</span>
        {saved !== null && (
          <TextButton
            label={t('settings.forget.label', { label, value: valueWords(setting, saved) })}
            text={t('settings.forget', { value: valueWords(setting, saved) })}
            onClick={onReset}
          />
        )}
      </span>
    );
  }
  if (!editable) return t('settings.only_environment', { environment: environment ?? '' });
  return (
    <span className="flex flex-wrap gap-x-3">
      {pending && (
        <span className="text-disconnected">{t('settings.pending', { value: valueWords(setting, running) })}</span>
      )}
      {origin === 'default' ? (
        <span>{t('settings.default')}</span>
      ) : (
        <TextButton
          label={t('settings.reset.label', { label, value: usual })}
          text={t('settings.reset', { value: usual })}
          onClick={onReset}
        />
      )}
    </span>
  );
}

/** @param label - the accessible name, which begins with what it is about */
function TextButton({ label, text, onClick }: { label: string; text: string; onClick(): void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="rounded font-medium text-accent hover:underline"
    >
      {text}
    </button>
  );
}
