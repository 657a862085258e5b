import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { browserAddress } from '../../../shared/model/browser-address';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { errorSentence } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { RowFrame } from './setting-frame';

export interface DraftRowProps {
  label: string;
  help: string;
  /** What is saved. */
  value: string;
  placeholder?: string;
  saveLabel: string;
  note?: ReactNode;
  /** Gets the text without space around it. Rejects with a sentence for the user, which is then shown. */
  onSave(text: string): Promise<unknown>;
}

/** An address that something is posted to or read from. What is typed stays until it is saved or given up, whatever is wrong with it. */
export function DraftRow({ label, help, value, placeholder, saveLabel, note, onSave }: DraftRowProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isChanged = draft !== null && draft.trim() !== value;
  const giveUp = () => {
    setDraft(null);
    setError(null);
  };
  const submit = async () => {
    if (!isChanged || isBusy) return;
    const text = draft.trim();
    if (text !== '' && browserAddress(text) === null) {
      setError(t('settings.address.wrong'));
      return;
    }
    setBusy(true);
    try {
      await onSave(text);
      giveUp();
    } catch (failure) {
      setError(errorSentence(failure));
    }
    setBusy(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') void submit();
    if (event.key === 'Escape' && draft !== null) giveUp();
  };
  return (
    <RowFrame controlId={id} label={label} help={help} error={error} note={note}>
      <input
        id={id}
        type="url"
        autoComplete="off"
        spellCheck={false}
        value={draft ?? value}
        placeholder={placeholder}
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          setDraft(event.target.value);
          setError(null);
        }}
        onKeyDown={onKey}
        className={cx(INPUT, error && 'border-danger')}
      />
      {isChanged && (
        <div className="flex gap-2">
          <Button variant="primary" disabled={isBusy} aria-label={saveLabel} onClick={() => void submit()}>
            {t('settings.save')}
          </Button>
          <Button
            variant="ghost"
            aria-label={t('settings.cancel_change', { label })}
            onClick={() => {
              giveUp();
            }}
          >
            {t('settings.cancel')}
          </Button>
        </div>
      )}
    </RowFrame>
  );
}
