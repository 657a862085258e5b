import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../../shared/messages/language';
import { formatNumber } from '../../format/number';
import { cx } from '../../ui/cx';

export interface StepProps {
  number: number;
  title: string;
  about?: string;
  isDone: boolean;
  children: ReactNode;
}

/** One of the first steps: its number, which becomes a tick, and what it needs. */
export function Step({ number, title, about, isDone, children }: StepProps) {
  return (
    <li data-done={isDone} className="flex gap-3 px-5 py-4">
      <span
        aria-hidden
        className={cx(
          'flex size-6 shrink-0 items-center justify-center rounded-full font-semibold text-sm',
          isDone ? 'bg-active-soft text-active' : 'bg-selected text-accent',
        )}
      >
        {isDone ? <Check size={15} /> : formatNumber(number)}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className="font-semibold text-ink">
          {isDone && <span className="sr-only">{t('first_run.step_done')} </span>}
          {title}
        </h3>
        {about && <p className="mb-2 text-ink-2 text-sm">{about}</p>}
        {children}
      </div>
    </li>
  );
}
