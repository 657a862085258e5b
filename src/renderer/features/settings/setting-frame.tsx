import type { ReactNode } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { valueWords } from '../../../shared/model/setting-words';
import { cx } from '../../ui/cx';

export interface RowFrameProps {
  /** Id of the control that the label belongs to; without one, the label is only text. */
  controlId?: string;
  label: string;
  help: string;
  /** Said under the control. */
  note?: ReactNode;
  error?: string | null;
  children: ReactNode;
}

/** A row: what it is and does on the left, the control and what is to be said of it on the right. */
export function RowFrame({ controlId, label, help, note, error, children }: RowFrameProps) {
  const Label = controlId === undefined ? 'span' : 'label';
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-2 py-3 min-[800px]:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <Label {...(controlId === undefined ? {} : { htmlFor: controlId })} className="font-medium text-ink">
          {label}
        </Label>
        <p className="text-ink-2 text-sm">{help}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-1">
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
  if (origin === 'environment') {
    return (
      <span className="flex flex-wrap gap-x-3">
        <span>Set by {environment}; change it there.</span>
        {saved !== null && (
          <TextButton
            label={`${label}: forget the saved ${valueWords(setting, saved)}`}
            text={`Forget the saved ${valueWords(setting, saved)}`}
            onClick={onReset}
          />
        )}
      </span>
    );
  }
  if (!editable) return `Only ${environment} can set it, where Holdfast is started.`;
  const usual = valueWords(setting, setting.default);
  return (
    <span className="flex flex-wrap gap-x-3">
      {pending && (
        <span className="text-disconnected">After the next start; {valueWords(setting, running)} until then.</span>
      )}
      {origin === 'default' ? (
        <span>Default</span>
      ) : (
        <TextButton
          label={`${label}: back to default, ${usual}`}
          text={`Back to default (${usual})`}
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
