import { Field as BaseField } from '@base-ui/react/field';
import type { InputHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx';

/** Class of a text input. */
export const INPUT = cx(
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink',
  'focus-visible:outline-offset-0',
);

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value' | 'defaultValue'> {
  label: ReactNode;
  value: string;
  onChange(value: string): void;
  /** Help below the input. */
  hint?: ReactNode;
  /** What is wrong with the value and how to fix it; shown in place of the hint. */
  error?: ReactNode;
}

/** A labelled text input. */
export function Field({ label, value, onChange, hint, error, className, ...input }: FieldProps) {
  return (
    <BaseField.Root invalid={Boolean(error)} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium text-ink text-sm">{label}</BaseField.Label>
      <BaseField.Control
        {...input}
        value={value}
        onValueChange={(next) => onChange(next)}
        className={cx(INPUT, error ? 'border-danger' : null, className)}
      />
      <BaseField.Description className={cx('min-h-5 text-sm', error ? 'text-danger' : 'text-ink-3')}>
        {error || hint}
      </BaseField.Description>
    </BaseField.Root>
  );
}
