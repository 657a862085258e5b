import type { ReactNode } from 'react';
import { cx } from './cx';

interface RadioCardProps {
  /** Of the group. */
  name: string;
  value: string;
  checked: boolean;
  onChoose(): void;
  children: ReactNode;
}

/** One choice of a few, as a card. A native radio button: arrow keys move, and screen readers know it. */
export function RadioCard({ name, value, checked, onChoose, children }: RadioCardProps) {
  return (
    <label
      className={cx(
        'flex min-h-10 items-center gap-2.5 rounded-md border px-3 font-medium transition-colors',
        'has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus has-[:focus-visible]:outline-offset-2',
        checked ? 'border-accent bg-selected text-ink' : 'border-line text-ink-2 hover:bg-hover',
      )}
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={checked}
        onChange={onChoose}
        className="size-4 accent-[var(--accent)] outline-none"
      />
      {children}
    </label>
  );
}
