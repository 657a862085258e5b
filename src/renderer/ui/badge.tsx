import type { ReactNode } from 'react';
import { cx } from './cx';

const TONES = {
  neutral: 'bg-sunken text-ink-2',
  good: 'bg-active-soft text-active',
  warn: 'bg-disconnected-soft text-disconnected',
  bad: 'bg-danger-soft text-danger',
} as const;

export interface BadgeProps {
  tone?: keyof typeof TONES;
  icon?: ReactNode;
  title?: string;
  className?: string;
  children: ReactNode;
}

/** A small label. Its word says what it means; the colour only repeats it. */
export function Badge({ tone = 'neutral', icon, title, className, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={cx(
        'inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-xs forced-border',
        TONES[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
