import type { Alert, AlertKind } from '../../shared/contract/alert';
import type { DisconnectReason } from '../../shared/contract/event';
import type { ServerState } from '../../shared/contract/server';
import type { Session } from '../../shared/contract/session';
import { inEnglish } from '../../shared/messages/language';
import { alertSentence } from '../../shared/model/alert-sentence';
import { isFlapping } from '../../shared/model/evolve';
import { programNameOf } from '../../shared/model/program-names';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { visible } from '../../shared/visible-text';

/** What alerts are derived from. */
export interface AlertFacts {
  /** Sessions that have not ended, without probes. */
  readonly sessions: readonly Session[];
  readonly servers: readonly ServerFacts[];
  /** Why a session that is disconnected lost its client; null if that is not known. */
  reasonOf(session: Session): DisconnectReason | null;
}

export interface ServerFacts {
  readonly name: string;
  readonly state: ServerState;
  /** Failed starts in a row. */
  readonly attempt: number;
  readonly heldCalls: number;
  /** Tools that changed after they were used, and nobody has looked at that. */
  readonly changedTools: number;
}

/** Something that is wrong now. It becomes an alert if it lasts longer than its grace. */
export interface Trouble {
  readonly key: string;
  readonly kind: AlertKind;
  readonly about: Alert['about'];
  /** What its sentence speaks of. */
  readonly values: Alert['values'];
  readonly sentence: string;
  readonly grace: Ms;
}

/** How long each kind must last before it is told: what heals sooner is nobody's business. */
const GRACE: Readonly<Record<AlertKind, Ms>> = {
  session_dropped: 2 * MINUTE,
  session_flapping: 0,
  server_down: MINUTE,
  login_needed: 10 * SECOND,
  call_held: 5 * SECOND,
  confirmation_needed: 5 * SECOND,
  tools_changed: 0,
  holdfast_killed: 0,
};

/** The others are somebody's doing, or a program that was closed, which cannot be told from one that crashed. */
const IS_A_DROP: ReadonlySet<DisconnectReason | null> = new Set(['stream_lost', 'supervisor_killed']);

/**
 * What is wrong, one entry for each session or server and kind.
 * @param off - kinds that the user does not want; a held call then counts as a login that is needed
 */
export function troublesOf(facts: AlertFacts, off: readonly AlertKind[], now: Ms): Trouble[] {
  return [
    ...facts.sessions.flatMap((session) => ofSession(session, facts, now)),
    ...facts.servers.flatMap((server) => [...ofServer(server, off), ...ofTools(server)]),
  ];
}

function ofSession(session: Session, facts: AlertFacts, now: Ms): Trouble[] {
  const about = { session: session.session_id };
  // Without a name, each reader calls it in a language of its own.
  const values = { name: programNameOf(session) ?? '' };
  // One alert a session: one that keeps dropping has dropped, too.
  if (isFlapping(session, now)) return [troubleOf('session_flapping', about, values)];
  if (session.status !== 'disconnected' || !IS_A_DROP.has(facts.reasonOf(session))) return [];
  return [troubleOf('session_dropped', about, values)];
}

function ofServer({ name, state, attempt, heldCalls }: ServerFacts, off: readonly AlertKind[]): Trouble[] {
  const about = { server: name };
  if (state === 'untrusted') return [troubleOf('confirmation_needed', about, { name })];
  if (state === 'needs_login') {
    if (heldCalls === 0 || off.includes('call_held')) return [troubleOf('login_needed', about, { name })];
    return [troubleOf('call_held', about, { name, calls: heldCalls })];
  }
  if (state === 'broken') return [troubleOf('server_down', about, { name, reason: 'broken_entry' })];
  // Between two tries it is starting, and no less down.
  const isDown = state === 'circuit_open' || state === 'waiting' || (state === 'starting' && attempt > 0);
  return isDown ? [troubleOf('server_down', about, { name, reason: 'failed' })] : [];
}

function ofTools({ name, state, changedTools }: ServerFacts): Trouble[] {
  if (changedTools === 0 || state === 'disabled') return [];
  return [troubleOf('tools_changed', { server: name }, { name, tools: changedTools })];
}

/** Something that is wrong, with its sentence in English. Names cannot make a terminal or a page show something else. */
export function troubleOf(kind: AlertKind, about: Alert['about'], values: Alert['values']): Trouble {
  const safe = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? visible(value) : value]),
  );
  return {
    key: keyOf(kind, about),
    kind,
    about,
    values: safe,
    sentence: alertSentence({ kind, values: safe }, inEnglish),
    grace: GRACE[kind],
  };
}

function keyOf(kind: AlertKind, about: Alert['about']): string {
  if (about === null) return kind;
  return 'session' in about ? `${kind}:session:${about.session}` : `${kind}:server:${about.server}`;
}
