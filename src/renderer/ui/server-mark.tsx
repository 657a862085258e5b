import type { ReactNode } from 'react';
import type { Server, ServerState } from '../../shared/contract/server';
import { type StateTone, stateLook } from '../format/server-words';
import { cx } from './cx';

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.6, strokeLinecap: 'round' } as const;

/**
 * Shapes that differ even without colour, in a box of 12: disc, dashed ring, clock, open switch, square, bar, question mark,
 * key, cross.
 */
const SHAPES: Readonly<Record<ServerState, ReactNode>> = {
  running: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  starting: <circle cx="6" cy="6" r="4" {...line} strokeLinecap="butt" strokeDasharray="3.1 3.1" />,
  waiting: <path d="M6 3.4V6l1.8 1.4M10.6 6a4.6 4.6 0 1 1-9.2 0 4.6 4.6 0 0 1 9.2 0Z" {...line} strokeWidth={1.4} />,
  circuit_open: <path d="M1 8.5h2.5L9 3M8.5 8.5H11" {...line} />,
  stopped: <rect x="2.2" y="2.2" width="7.6" height="7.6" rx="1.2" {...line} />,
  disabled: <path d="M2.5 6h7" {...line} strokeWidth={2} />,
  untrusted: (
    <>
      <path d="M3.9 4.2c0-2.9 4.3-2.9 4.3-.1C8.2 5.8 6 5.8 6 7.6" {...line} />
      <circle cx="6" cy="10.1" r="1" fill="currentColor" />
    </>
  ),
  needs_login: (
    <>
      <circle cx="3.8" cy="6" r="2.4" {...line} />
      <path d="M6.2 6h4.6v2.2M8.7 6v1.7" {...line} />
    </>
  ),
  broken: <path d="M2.6 2.6l6.8 6.8M9.4 2.6 2.6 9.4" {...line} strokeWidth={1.8} />,
};

const COLOURS: Readonly<Record<StateTone, string>> = {
  good: 'text-active',
  busy: 'text-idle',
  quiet: 'text-ended',
  warn: 'text-disconnected',
  bad: 'text-danger',
};

/** A server's state in shape, word and colour. */
export function ServerMark({
  server,
  className,
}: {
  server: Pick<Server, 'state' | 'last_error' | 'next_try_at'>;
  className?: string;
}) {
  const { state } = server;
  const { word, tone } = stateLook(server);
  return (
    <span
      data-server-state={state}
      className={cx('inline-flex items-center gap-1.5 whitespace-nowrap font-medium', COLOURS[tone], className)}
    >
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" className="shrink-0">
        {SHAPES[state === 'waiting' && tone === 'bad' ? 'broken' : state]}
      </svg>
      {word}
    </span>
  );
}
