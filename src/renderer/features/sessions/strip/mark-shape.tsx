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

/** How a kind is drawn, in a box of {@link MARK_SIZE} by as much: filled, a line, or both. */
export interface MarkDrawing {
  readonly d: string;
  readonly isFilled: boolean;
  /** Width of its line; 0 means none. */
  readonly line: number;
  /** A CSS colour of the style sheet. */
  readonly colour: string;
}

export const MARK_SIZE = 12;
const LINE = 1.8;

const filled = (d: string, colour: string): MarkDrawing => ({ d, isFilled: true, line: 0, colour });
const lined = (d: string, colour: string, line = LINE): MarkDrawing => ({ d, isFilled: false, line, colour });
const circle = (x: number, r: number) => `M${x - r} 6a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

const restart = 'M9.6 4.2A4 4 0 1 0 10 6.8M9.9 1.6v2.9H7';

/** The shape and colour of each kind; the same in strip, legend and picture. */
export const MARK_DRAWINGS: Readonly<Record<MarkKind, MarkDrawing>> = {
  resumed: filled(circle(6, 4.2), 'var(--chart-resumed)'),
  restored: filled('M6 1 11 6 6 11 1 6Z', 'var(--chart-restored)'),
  reinitialized: filled('M2 2h8v8H2z', 'var(--chart-reinitialized)'),
  token: filled('M6 1.6 11 10.4H1Z', 'var(--chart-token)'),
  taken_over: lined('M1.5 4h8.4M7.6 1.8 9.9 4 7.6 6.2M10.5 8H2.1M4.4 5.8 2.1 8l2.3 2.2', 'var(--chart-taken-over)'),
  shared: lined(circle(4.2, 2.9) + circle(7.8, 2.9), 'var(--chart-taken-over)'),
  unshared: lined(circle(2.8, 1.9) + circle(9.2, 1.9), 'var(--chart-taken-over)'),
  started: { ...lined('M3.5 2v8M3.5 2 10 6l-6.5 4', 'var(--active)'), isFilled: true },
  ended: lined('M2.5 2.5l7 7M9.5 2.5l-7 7', 'var(--danger)', 2.2),
  restarted: lined(restart, 'var(--disconnected)'),
  adopted: lined('M1.5 6h9M7.3 2.8 10.5 6 7.3 9.2', 'var(--active)'),
  renewed: lined(restart, 'var(--disconnected)'),
  stopped: lined('M2.5 2.5h7v7h-7z', 'var(--ended)'),
};

/** The shape and colour of what happened; the same in strip and legend. */
export function MarkShape({ event, kind = event && markKind(event) }: { event?: StripMark['event']; kind?: MarkKind }) {
  if (!kind) return null;
  const { d, isFilled, line, colour } = MARK_DRAWINGS[kind];
  return (
    <svg
      viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`}
      width={MARK_SIZE}
      height={MARK_SIZE}
      aria-hidden="true"
      style={{ color: colour }}
    >
      <path
        d={d}
        fill={isFilled ? 'currentColor' : 'none'}
        stroke={line > 0 ? 'currentColor' : 'none'}
        strokeWidth={line}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
