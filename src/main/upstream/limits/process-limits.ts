import type { ProcessLimits } from '../../../shared/model/policy';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';

/** A running process of a server, as far as it matters here. */
export interface HeldProcess {
  readonly id: string;
  readonly server: string;
  /** Null for one that all sessions share, or whose client is not known. */
  readonly client: string | null;
  /** A request runs or waits, or it must always run. */
  readonly isBusy: boolean;
  /** Whether a client of its session is there. */
  readonly isAttached: boolean;
  /** A person wants it kept: it makes room only after all others. */
  readonly isPinned: boolean;
  /** Nobody has asked it for anything but lists: nothing is lost with it. */
  readonly isFresh: boolean;
  readonly unusedFor: Ms;
  /** Null when it is not known. */
  readonly bytes: number | null;
}

/** Which limit leaves no room, and its value. */
export interface Full {
  readonly limit: 'perClient' | 'perServer' | 'inAll';
  readonly most: number;
}

/** A process whose client is there is ended only if it was not used for this long. */
const ATTACHED_UNUSED: Ms = 10 * SECOND;
/** A session that made at most one call and lost its client keeps its processes this long. */
const ABANDONED: Ms = 3 * MINUTE;
/** A process that nobody has used for anything but lists is ended after this time. */
const ONLY_LISTED: Ms = 5 * MINUTE;

/**
 * Which processes are ended to make room for one more, or the limit that cannot be kept, since all are at work. Whoever has
 * lost its client goes first, what a person has pinned last; of these what holds nothing yet, then whoever was not used for longest.
 */
export function roomFor(
  wanted: Pick<HeldProcess, 'server' | 'client'>,
  held: readonly HeldProcess[],
  limits: ProcessLimits,
): { readonly end: readonly HeldProcess[] } | Full {
  const end: HeldProcess[] = [];
  const groups: [Full['limit'], (one: HeldProcess) => boolean][] = [
    ['perClient', ({ client }) => client !== null && client === wanted.client],
    ['perServer', ({ server }) => server === wanted.server],
    ['inAll', () => true],
  ];
  for (const [limit, isOf] of groups) {
    const group = held.filter((one) => isOf(one) && !end.includes(one));
    const surplus = group.length + 1 - limits[limit];
    if (surplus <= 0) continue;
    const leaving = inOrder(group).slice(0, surplus);
    if (leaving.length < surplus) return { limit, most: limits[limit] };
    end.push(...leaving);
  }
  return { end };
}

/** Which processes are ended so that the others keep within the limit of memory. */
export function overMemory(held: readonly HeldProcess[], { bytes: most }: ProcessLimits): readonly HeldProcess[] {
  let bytes = held.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  const end: HeldProcess[] = [];
  for (const one of inOrder(held)) {
    if (bytes <= most) break;
    if (one.bytes === null) continue;
    end.push(one);
    bytes -= one.bytes;
  }
  return end;
}

/**
 * Whether a session's process has served its time.
 * @param uses - requests other than lists that it has got
 * @param lostFor - how long the session has had no client
 * @param idleStop - how long a session in use keeps its process without a client
 */
export function hasServed(uses: number, lostFor: Ms, unusedFor: Ms, idleStop: Ms): boolean {
  if (unusedFor <= 0) return false;
  if (lostFor >= idleStop || (uses === 0 && unusedFor >= ONLY_LISTED)) return true;
  return uses <= 1 && lostFor >= Math.min(ABANDONED, idleStop);
}

function inOrder(held: readonly HeldProcess[]): HeldProcess[] {
  return held
    .filter((one) => !one.isBusy && (!one.isAttached || one.unusedFor >= ATTACHED_UNUSED))
    .sort(
      (a, b) =>
        Number(a.isPinned) - Number(b.isPinned) ||
        Number(a.isAttached) - Number(b.isAttached) ||
        // Clients that come back start one for their handshake, and must not lose the one that they come back to.
        Number(b.isFresh && !b.isAttached) - Number(a.isFresh && !a.isAttached) ||
        b.unusedFor - a.unusedFor,
    );
}
