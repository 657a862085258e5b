import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import type { Session } from '../../../../shared/contract/session';
import type { Ms } from '../../../../shared/model/units';
import { formatDay } from '../../../format/time';

/** What changed a session, without its calls and its changes between active and idle. */
export const CHANGE_KINDS: readonly EventKind[] = [
  'session_created',
  'session_used',
  'transport_attached',
  'stream_lost',
  'stream_opened',
  'session_disconnected',
  'session_reconnected',
  'reconnect_rejected',
  'token_issued',
  'token_reuse_detected',
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
  'login_needed',
  'logged_in',
  'login_refreshed',
  'logged_out',
  'session_closed',
  'session_expired',
  'handover_offered',
  'handover_ended',
  'sharing_started',
  'sharing_changed',
  'sharing_ended',
  'session_pinned',
  'session_unpinned',
];

/** One entry of the timeline, newest first. */
export type TimelineItem =
  | { readonly type: 'day'; readonly key: string; readonly day: string }
  /** `away`: it happened while the client was gone. */
  | { readonly type: 'event'; readonly key: string; readonly event: HoldfastEvent; readonly away: boolean }
  /** The client was gone; `open` if it still is. `ms` is how long, as far as is known. */
  | { readonly type: 'gap'; readonly key: string; readonly ms: Ms; readonly open: boolean }
  /** The machine slept, which is nobody's gap. */
  | { readonly type: 'asleep'; readonly key: string; readonly from: Ms; readonly to: Ms };

/**
 * Puts gaps and days between events. A gap stands between a reconnect and the disconnect before it, with the downtime that
 * the reconnect itself measured. The timeline of a session whose client is gone right now begins with an open gap. Sleep of
 * the machine is no part of any gap.
 *
 * @param events - of one session, newest first
 */
export function buildTimeline(
  events: readonly HoldfastEvent[],
  session: Session | null,
  now: Ms,
): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  let day = '';
  let away = false;
  if (session?.status === 'disconnected' && session.disconnected_at !== null) {
    const ms = Math.max(0, now - session.disconnected_at - sleptSince(events, session.disconnected_at));
    items.push({ type: 'gap', key: 'open', ms, open: true });
    away = true;
  }
  const lastDisconnect = events.findLastIndex((event) => event.kind === 'session_disconnected');
  events.forEach((event, index) => {
    const eventDay = formatDay(event.at);
    if (eventDay !== day) items.push({ type: 'day', key: `day-${event.seq}`, day: eventDay });
    day = eventDay;
    if (event.kind === 'machine_slept') {
      items.push({ type: 'asleep', key: String(event.seq), from: event.payload.from, to: event.payload.to });
      return;
    }
    if (event.kind === 'session_disconnected') away = false;
    items.push({ type: 'event', key: String(event.seq), event, away });
    if (event.kind === 'session_reconnected' && lastDisconnect > index) {
      items.push({ type: 'gap', key: `gap-${event.seq}`, ms: event.payload.downtime_ms, open: false });
      away = true;
    }
  });
  return items;
}

const sleptSince = (events: readonly HoldfastEvent[], at: Ms): Ms =>
  events.reduce((sum, event) => {
    if (event.kind !== 'machine_slept') return sum;
    return sum + Math.max(0, event.payload.to - Math.max(at, event.payload.from));
  }, 0);

/** Height of a gap, in pixels. It grows with the number of digits, so that seconds and hours both fit. */
export function gapHeight(ms: Ms): number {
  const seconds = Math.max(1, ms / 1000);
  return Math.round(Math.min(72, 26 + 12 * Math.log10(seconds)));
}

/** Merges `more` into the events, newest first; skips those already there. */
export function joinEvents(events: readonly HoldfastEvent[], more: readonly HoldfastEvent[]): readonly HoldfastEvent[] {
  const known = new Set(events.map((event) => event.seq));
  const fresh = more.filter((event) => !known.has(event.seq));
  return fresh.length === 0 ? events : [...events, ...fresh].sort((a, b) => b.seq - a.seq);
}

/**
 * A session's events merged with those of a server that it shares.
 *
 * @param hasMore - older events of the session are not loaded yet, so older ones of the server are left out, too
 */
export function withShared(
  events: readonly HoldfastEvent[],
  shared: readonly HoldfastEvent[],
  hasMore: boolean,
): readonly HoldfastEvent[] {
  const oldest = hasMore ? (events.at(-1)?.seq ?? 0) : 0;
  return joinEvents(
    events,
    shared.filter(({ seq }) => seq > oldest),
  );
}
