import type { ReactNode } from 'react';
import type { ReconnectCause } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { CAUSE_WORDS } from '../../../format/words';
import { isUnwanted, type StripMark } from './strip-model';

/** What a mark stands for. Shapes differ even without colour. */
export type MarkKind =
  | ReconnectCause
  | 'shared'
  | 'unshared'
  | 'restarted'
  | 'adopted'
  | 'started'
  | 'ended'
  | 'stopped'
  | 'renewed';

export function markKind(event: StripMark['event']): MarkKind {
  switch (event.kind) {
    case 'session_reconnected':
      return event.payload.cause;
    case 'sharing_started':
      return 'shared';
    case 'sharing_ended':
      return 'unshared';
    case 'server_started':
      return event.payload.state_lost ? 'restarted' : 'started';
    case 'server_adopted':
      return 'adopted';
    case 'server_session_renewed':
      return 'renewed';
    case 'server_stopped':
      return isUnwanted(event) ? 'ended' : 'stopped';
  }
}

export const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  ...CAUSE_WORDS,
  started: t('strip.mark.started'),
  ended: t('strip.mark.ended'),
  restarted: t('strip.mark.restarted'),
  adopted: t('strip.mark.adopted'),
  renewed: t('strip.mark.renewed'),
  stopped: t('strip.mark.stopped'),
  shared: t('strip.mark.shared'),
  unshared: t('strip.mark.unshared'),
};

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8, strokeLinecap: 'round' } as const;
const restart = <path d="M9.6 4.2A4 4 0 1 0 10 6.8M9.9 1.6v2.9H7" {...line} strokeLinejoin="round" />;

const SHAPES: Readonly<Record<MarkKind, ReactNode>> = {
  resumed: <circle cx="6" cy="6" r="4.2" fill="currentColor" />,
  restored: <path d="M6 1 11 6 6 11 1 6Z" fill="currentColor" />,
  reinitialized: <rect x="2" y="2" width="8" height="8" fill="currentColor" />,
  token: <path d="M6 1.6 11 10.4H1Z" fill="currentColor" />,
  taken_over: (
    <path d="M1.5 4h8.4M7.6 1.8 9.9 4 7.6 6.2M10.5 8H2.1M4.4 5.8 2.1 8l2.3 2.2" {...line} strokeLinejoin="round" />
  ),
  shared: (
    <>
      <circle cx="4.2" cy="6" r="2.9" {...line} />
      <circle cx="7.8" cy="6" r="2.9" {...line} />
    </>
  ),
  unshared: (
    <>
      <circle cx="2.8" cy="6" r="1.9" {...line} />
      <circle cx="9.2" cy="6" r="1.9" {...line} />
    </>
  ),
  started: <path d="M3.5 2v8M3.5 2 10 6l-6.5 4" {...line} fill="currentColor" strokeLinejoin="round" />,
  ended: <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" {...line} strokeWidth={2.2} />,
  restarted: restart,
  adopted: <path d="M1.5 6h9M7.3 2.8 10.5 6 7.3 9.2" {...line} strokeLinejoin="round" />,
  renewed: restart,
  stopped: <rect x="2.5" y="2.5" width="7" height="7" rx="1" {...line} />,
};

const COLOURS: Readonly<Record<MarkKind, string>> = {
  resumed: 'var(--chart-resumed)',
  restored: 'var(--chart-restored)',
  reinitialized: 'var(--chart-reinitialized)',
  token: 'var(--chart-token)',
  taken_over: 'var(--chart-taken-over)',
  shared: 'var(--chart-taken-over)',
  unshared: 'var(--chart-taken-over)',
  started: 'var(--active)',
  ended: 'var(--danger)',
  restarted: 'var(--disconnected)',
  adopted: 'var(--active)',
  renewed: 'var(--disconnected)',
  stopped: 'var(--ended)',
};

/** The shape and colour of what happened; the same in strip and legend. */
export function MarkShape({ event, kind = event && markKind(event) }: { event?: StripMark['event']; kind?: MarkKind }) {
  if (!kind) return null;
  return (
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" style={{ color: COLOURS[kind] }}>
      {SHAPES[kind]}
    </svg>
  );
}
