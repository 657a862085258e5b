import {
  CircleDot,
  CircleX,
  KeyRound,
  Link2,
  type LucideIcon,
  Moon,
  Play,
  RotateCw,
  Square,
  TriangleAlert,
  Unplug,
  Zap,
} from 'lucide-react';
import type { EventKind } from '../../shared/contract/event';
import type { EventTone } from '../format/event-words';
import { cx } from './cx';

const COLOURS: Readonly<Record<EventTone, string>> = {
  good: 'text-active',
  quiet: 'text-ink-3',
  warn: 'text-disconnected',
  bad: 'text-danger',
};

const LOGIN_KINDS: ReadonlySet<EventKind> = new Set(['login_needed', 'logged_in', 'login_refreshed', 'logged_out']);

function iconOf(kind: EventKind, tone: EventTone): LucideIcon {
  if (kind === 'session_disconnected') return Unplug;
  if (kind === 'session_reconnected') return Zap;
  if (LOGIN_KINDS.has(kind)) return KeyRound;
  if (kind === 'machine_slept') return Moon;
  if (kind === 'server_adopted') return Link2;
  if (kind === 'server_started') return tone === 'warn' ? RotateCw : Play;
  if (kind === 'server_stopped' && tone === 'quiet') return Square;
  if (tone === 'bad') return CircleX;
  return tone === 'warn' ? TriangleAlert : CircleDot;
}

/** The kind of an event and how much attention it needs, as a shape beside its words. */
export function EventMark({ kind, tone, className }: { kind: EventKind; tone: EventTone; className?: string }) {
  const Icon = iconOf(kind, tone);
  return <Icon size={14} aria-hidden className={cx('shrink-0', COLOURS[tone], className)} />;
}
