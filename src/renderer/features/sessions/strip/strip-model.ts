import type { DisconnectReason, EventKind, EventOf, HoldfastEvent } from '../../../../shared/contract/event';
import type { ReconnectCause, Session } from '../../../../shared/contract/session';
import type { Ms } from '../../../../shared/model/units';

/** The events that a strip is built from. */
export const STRIP_KINDS: readonly EventKind[] = [
  'session_created',
  'transport_attached',
  'session_active',
  'session_idle',
  'session_disconnected',
  'session_reconnected',
  'session_closed',
  'session_expired',
  'sharing_started',
  'sharing_ended',
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_session_renewed',
  'machine_slept',
];

/** `asleep`: the machine slept, so nobody was connected or away. `unknown`: before the oldest event that is still kept. `over`: the session has ended. */
export type StripState = 'connected' | 'idle' | 'away' | 'asleep' | 'over' | 'unknown';

/** The client's state, or the machine's, between two moments. */
export interface StripSegment {
  readonly from: Ms;
  readonly to: Ms;
  readonly state: StripState;
  /** Why it was away, where that is known. */
  readonly reason: DisconnectReason | null;
  /** How it came back; null if it did not, or was not away. */
  readonly cause: ReconnectCause | null;
}

type ServerEvent = EventOf<'server_started' | 'server_adopted' | 'server_stopped' | 'server_session_renewed'>;

/** Something that happened at one moment: a reconnect, servers that are shared or no longer, or a change to a server's process. */
export type StripMark =
  | { readonly at: Ms; readonly type: 'reconnect'; readonly event: EventOf<'session_reconnected'> }
  | { readonly at: Ms; readonly type: 'sharing'; readonly event: EventOf<'sharing_started' | 'sharing_ended'> }
  /** `before`: the process that served until then, if it was a different one. */
  | { readonly at: Ms; readonly type: 'server'; readonly event: ServerEvent; readonly before: number | null };

/** When one server of the session was running. */
interface ServerLane {
  readonly server: string;
  readonly spans: readonly { readonly from: Ms; readonly to: Ms; readonly state: 'up' | 'down' }[];
}

/** A session's life between two moments, oldest first. */
export interface Strip {
  readonly from: Ms;
  readonly to: Ms;
  readonly segments: readonly StripSegment[];
  readonly marks: readonly StripMark[];
  readonly lanes: readonly ServerLane[];
}

type Draft = { -readonly [K in keyof StripSegment]: StripSegment[K] };

/**
 * Builds the strip of a session.
 *
 * @param events - of this session, newest first, of {@link STRIP_KINDS}
 * @param span - the time to show; `to` is now, or any earlier or later moment
 * @returns segments without gaps between the session's start (or `from`) and `to`
 */
export function buildStrip(
  events: readonly HoldfastEvent[],
  session: Pick<Session, 'created_at'>,
  span: { readonly from: Ms; readonly to: Ms },
): Strip {
  const oldestFirst = events.toReversed();
  const life = withSleep(lifeOf(oldestFirst, session.created_at, span.to), oldestFirst);
  return {
    ...span,
    segments: clip(life, span).map((segment) => ({ ...segment })),
    marks: marksOf(oldestFirst).filter(({ at }) => at >= span.from && at <= span.to),
    lanes: lanesOf(oldestFirst, span),
  };
}

function lifeOf(events: readonly HoldfastEvent[], created: Ms, until: Ms): Draft[] {
  const life: Draft[] = [draft(Math.min(created, events[0]?.at ?? created), 'unknown')];
  const enter = (at: Ms, state: StripState, reason: DisconnectReason | null = null) => {
    const last = life.at(-1);
    if (!last || last.state === 'over' || (last.state === state && state !== 'away')) return;
    // Contact is lost before the drop is noticed, so the change may belong further back.
    const from = Math.max(at, last.from);
    if (from === last.from) life.pop();
    else last.to = from;
    life.push({ ...draft(from, state), reason });
  };
  for (const event of events) {
    switch (event.kind) {
      case 'session_created':
      case 'transport_attached':
      case 'session_active':
        enter(event.at, 'connected');
        break;
      case 'session_idle':
        if (life.at(-1)?.state !== 'away') enter(event.at, 'idle');
        break;
      case 'session_disconnected':
        if (life.at(-1)?.state !== 'away') enter(event.payload.contact_lost_at, 'away', event.payload.reason);
        break;
      case 'session_reconnected':
        comeBack(life, event, enter);
        break;
      case 'session_closed':
      case 'session_expired':
        enter(event.at, 'over');
        break;
    }
  }
  const last = life.at(-1);
  if (last) last.to = Math.max(until, last.from);
  return life;
}

/** Cuts the time the machine slept out of a life that has not ended. */
function withSleep(life: readonly Draft[], events: readonly HoldfastEvent[]): Draft[] {
  let parts = [...life];
  for (const event of events) {
    if (event.kind !== 'machine_slept') continue;
    const { from, to } = event.payload;
    const slept = parts.filter((part) => part.state !== 'over' && part.from < to && part.to > from);
    const [first] = slept;
    const last = slept.at(-1);
    if (!first || !last) continue;
    parts = [
      ...parts.filter((part) => part.to <= first.from),
      ...(first.from < from ? [{ ...first, to: from }] : []),
      { ...draft(Math.max(from, first.from), 'asleep'), to: Math.min(to, last.to) },
      ...(last.to > to ? [{ ...last, from: to }] : []),
      ...parts.filter((part) => part.from >= last.to),
    ];
  }
  return parts;
}

/** Ends the gap before a reconnect, or adds the one that the reconnect itself measured. */
function comeBack(
  life: Draft[],
  { at, payload }: EventOf<'session_reconnected'>,
  enter: (at: Ms, state: StripState) => void,
): void {
  const lost = at - payload.downtime_ms;
  let gap = life.findLast(({ state }) => state === 'away');
  // A transport attached a moment before may already have ended the gap.
  if (gap && gap.to !== OPEN && gap.to < lost) gap = undefined;
  if (!gap && payload.downtime_ms > 0) {
    enter(lost, 'away');
    gap = life.at(-1);
  }
  if (gap?.state === 'away') gap.cause = payload.cause;
  enter(at, 'connected');
}

const OPEN = Number.POSITIVE_INFINITY;
const draft = (from: Ms, state: StripState): Draft => ({ from, to: OPEN, state, reason: null, cause: null });

function clip<T extends { from: Ms; to: Ms }>(parts: readonly T[], { from, to }: { from: Ms; to: Ms }): T[] {
  return parts
    .filter((part) => part.to > from && part.from < to && part.to > part.from)
    .map((part) => ({ ...part, from: Math.max(part.from, from), to: Math.min(part.to, to) }));
}

const isServerEvent = (event: HoldfastEvent): event is ServerEvent =>
  event.kind === 'server_started' ||
  event.kind === 'server_adopted' ||
  event.kind === 'server_stopped' ||
  event.kind === 'server_session_renewed';

function marksOf(events: readonly HoldfastEvent[]): StripMark[] {
  const marks: StripMark[] = [];
  const pids = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'session_reconnected') marks.push({ at: event.at, type: 'reconnect', event });
    if (event.kind === 'sharing_started' || event.kind === 'sharing_ended') {
      marks.push({ at: event.at, type: 'sharing', event });
    }
    if (!isServerEvent(event)) continue;
    const { server, pid } = event.payload;
    const known = pids.get(server) ?? null;
    marks.push({ at: event.at, type: 'server', event, before: pid === known ? null : known });
    if (pid !== null) pids.set(server, pid);
  }
  return marks;
}

function lanesOf(events: readonly HoldfastEvent[], span: { from: Ms; to: Ms }): ServerLane[] {
  const lanes = new Map<string, { from: Ms; to: Ms; state: 'up' | 'down' }[]>();
  const enter = (server: string, at: Ms, state: 'up' | 'down') => {
    const spans = lanes.get(server) ?? [];
    const last = spans.at(-1);
    // One that was stopped before stays as long as it was.
    if (last) last.to = Math.min(last.to, at);
    spans.push({ from: at, to: span.to, state });
    lanes.set(server, spans);
  };
  const close = (server: string, at: Ms) => {
    const last = lanes.get(server)?.at(-1);
    if (last) last.to = Math.min(last.to, at);
  };
  for (const event of events) {
    if (!isServerEvent(event)) continue;
    const { server } = event.payload;
    if (event.kind !== 'server_stopped') enter(server, event.at, 'up');
    else if (isUnwanted(event)) enter(server, event.at, 'down');
    else close(server, event.at);
  }
  return [...lanes].map(([server, spans]) => ({ server, spans: clip(spans, span) }));
}

/** Whether it ended on its own, so that it was missing until it came back. */
export const isUnwanted = ({ payload: { reason } }: EventOf<'server_stopped'>): boolean =>
  reason === 'crashed' || reason === 'keeper_lost';

/** More servers than these appear only in the timeline. */
const LANES_SHOWN = 4;

export const shownLanes = ({ lanes }: Strip): readonly ServerLane[] => lanes.slice(0, LANES_SHOWN);

/** The marks in the lane of a server, or in the client's, which is null. */
export const marksIn = ({ marks }: Strip, server: string | null): readonly StripMark[] =>
  marks.filter((mark) => (mark.type === 'server' ? mark.event.payload.server : null) === server);

/** What can be pointed at, in order of time; a mark comes after the segment it lies in. */
export type StripItem = StripSegment | StripMark;

export function stripItems({ segments, marks }: Strip): readonly StripItem[] {
  const start = (item: StripItem) => ('at' in item ? item.at : item.from);
  return [...segments, ...marks].sort((a, b) => start(a) - start(b) || Number('at' in a) - Number('at' in b));
}

/** How long each absence was. A sleep in the midst of one does not make it two, and is no part of it. */
function gapLengths(segments: readonly StripSegment[]): Ms[] {
  const gaps: Ms[] = [];
  segments.forEach(({ from, to, state }, index) => {
    if (state !== 'away') return;
    const goesOn = segments[index - 1]?.state === 'asleep' && segments[index - 2]?.state === 'away';
    gaps.push((goesOn ? (gaps.pop() ?? 0) : 0) + to - from);
  });
  return gaps;
}

/** Lengths and counts of what is in view. */
export interface StripTotals {
  readonly connected: Ms;
  readonly idle: Ms;
  readonly away: Ms;
  readonly asleep: Ms;
  readonly gaps: number;
  readonly longestGap: Ms;
  /** How often a server of the session ended on its own. */
  readonly serverStops: number;
}

export function stripTotals({ segments, marks }: Strip): StripTotals {
  const length = ({ from, to }: StripSegment) => to - from;
  const of = (state: StripState) => segments.filter((segment) => segment.state === state);
  const sum = (parts: readonly StripSegment[]) => parts.reduce((total, part) => total + length(part), 0);
  const gaps = gapLengths(segments);
  return {
    connected: sum(of('connected')),
    idle: sum(of('idle')),
    away: sum(of('away')),
    asleep: sum(of('asleep')),
    gaps: gaps.length,
    longestGap: Math.max(0, ...gaps),
    serverStops: marks.filter(({ event }) => event.kind === 'server_stopped' && isUnwanted(event)).length,
  };
}
