import { Field as BaseField } from '@base-ui/react/field';
import type { ClipboardEvent, ReactNode } from 'react';
import { cx } from './cx';
import { INPUT } from './field';

export interface TextAreaProps {
  label: ReactNode;
  value: string;
  onChange(value: string): void;
  onPaste?(event: ClipboardEvent): void;
  rows?: number;
  placeholder?: string;
  /** Help below the input. */
  hint?: ReactNode;
  /** What is wrong with the value and how to fix it; shown in place of the hint. */
  error?: ReactNode;
}

/** A labelled text area for what programs read: no spell checking, fixed-width font. */
export function TextArea({ label, value, onChange, onPaste, rows = 3, placeholder, hint, error }: TextAreaProps) {
  return (
    <BaseField.Root invalid={Boolean(error)} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium text-ink text-sm">{label}</BaseField.Label>
      <BaseField.Control
        render={
          <textarea
            translate="no"
            rows={rows}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            placeholder={placeholder}
            onPaste={onPaste}
          />
        }
        value={value}
        onValueChange={(next) => onChange(next)}
        className={cx(INPUT, 'scroll-area h-auto resize-y py-1.5 font-mono text-sm', error ? 'border-danger' : null)}
      />
      <BaseField.Description className={cx('min-h-5 text-sm', error ? 'text-danger' : 'text-ink-3')}>
        {error || hint}
      </BaseField.Description>
    </BaseField.Root>
  );
}
