import type { ReactNode } from 'react';
import type { SessionStatus } from '../../shared/contract/session';
import { STATUS_MEANINGS, STATUS_WORDS } from '../format/words';
import { cx } from './cx';

/** Five shapes that differ even without colour: disc, ring, triangle, hourglass, square. Drawn in a box of 12. */
const SHAPES: Readonly<Record<SessionStatus, ReactNode>> = {
  active: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.75" />,
  disconnected: (
    <path d="M6 1.9 10.6 10H1.4Z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
  ),
  expired: (
    <path
      d="M2.5 1.5h7M2.5 10.5h7M3.4 1.5c0 2.6 2 3.2 2.6 4.5.6-1.3 2.6-1.9 2.6-4.5M3.4 10.5C3.4 7.9 5.4 7.3 6 6c.6 1.3 2.6 1.9 2.6 4.5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  closed: <rect x="2.25" y="2.25" width="7.5" height="7.5" rx="1.25" fill="currentColor" />,
};

const COLOURS: Readonly<Record<SessionStatus, string>> = {
  active: 'text-active',
  idle: 'text-idle',
  disconnected: 'text-disconnected',
  expired: 'text-ended',
  closed: 'text-ended',
};

/** The shape of a status alone, as decoration beside its word. */
export function StatusShape({ status, className }: { status: SessionStatus; className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width="12"
      height="12"
      aria-hidden="true"
      className={cx('shrink-0', COLOURS[status], className)}
    >
      {SHAPES[status]}
    </svg>
  );
}

/** A status in shape, word and colour. */
export function StatusMark({ status, className }: { status: SessionStatus; className?: string }) {
  return (
    <span
      data-status={status}
      title={STATUS_MEANINGS[status]}
      className={cx('inline-flex items-center gap-1.5 whitespace-nowrap font-medium', COLOURS[status], className)}
    >
      <StatusShape status={status} />
      {STATUS_WORDS[status]}
    </span>
  );
}
