import { type ReactNode, useState } from 'react';
import { errorSentence } from '../../ui/error-note';
import { Switch } from '../../ui/switch';
import { RowFrame } from './setting-frame';

export interface SwitchRowProps {
  label: string;
  help: string;
  /** What the switch itself is called. */
  text: string;
  checked: boolean;
  disabled?: boolean;
  note?: ReactNode;
  /** Rejects with a sentence for the user, which is then shown. */
  onChange(checked: boolean): Promise<unknown>;
}

/** Something that is on or off. It shows what holds, not what was clicked. */
export function SwitchRow({ label, help, text, checked, disabled = false, note, onChange }: SwitchRowProps) {
  const [error, setError] = useState<string | null>(null);
  const change = (next: boolean) => {
    setError(null);
    onChange(next).catch((failure: unknown) => setError(errorSentence(failure)));
  };
  return (
    <RowFrame label={label} help={help} error={error} note={note}>
      <div>
        <Switch label={text} checked={checked} disabled={disabled} onChange={change} />
      </div>
    </RowFrame>
  );
}
