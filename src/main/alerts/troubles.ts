import type { Alert, AlertKind } from '../../shared/contract/alert';
import type { DisconnectReason } from '../../shared/contract/event';
import type { ServerState } from '../../shared/contract/server';
import type { Session } from '../../shared/contract/session';
import { isFlapping } from '../../shared/model/evolve';
import { programOf } from '../../shared/model/program-names';
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
  const program = programOf(session);
  // One sentence a session: one that keeps dropping has dropped, too.
  if (isFlapping(session, now)) return [trouble('session_flapping', about, `${program} keeps dropping.`)];
  if (session.status !== 'disconnected' || !IS_A_DROP.has(facts.reasonOf(session))) return [];
  return [trouble('session_dropped', about, `${program} dropped and has not come back. Its session waits for it.`)];
}

function ofServer({ name, state, attempt, heldCalls }: ServerFacts, off: readonly AlertKind[]): Trouble[] {
  const about = { server: name };
  if (state === 'untrusted') {
    return [trouble('confirmation_needed', about, `The server ${name} runs once you have confirmed its command.`)];
  }
  if (state === 'needs_login') {
    if (heldCalls === 0 || off.includes('call_held')) {
      return [trouble('login_needed', about, `The server ${name} needs a login.`)];
    }
    const calls = heldCalls === 1 ? 'A call waits' : `${heldCalls} calls wait`;
    return [trouble('call_held', about, `${calls} for a login at the server ${name}.`)];
  }
  if (state === 'broken')
    return [trouble('server_down', about, `The server ${name} cannot start: its entry is broken.`)];
  // Between two tries it is starting, and no less down.
  const isDown = state === 'circuit_open' || state === 'waiting' || (state === 'starting' && attempt > 0);
  return isDown ? [trouble('server_down', about, `The server ${name} is down and does not come back by itself.`)] : [];
}

function ofTools({ name, state, changedTools }: ServerFacts): Trouble[] {
  if (changedTools === 0 || state === 'disabled') return [];
  const tools = changedTools === 1 ? 'a tool that was' : `${changedTools} tools that were`;
  return [trouble('tools_changed', { server: name }, `The server ${name} changed ${tools} used.`)];
}

function trouble(kind: AlertKind, about: Exclude<Alert['about'], null>, sentence: string): Trouble {
  const key = 'session' in about ? `${kind}:session:${about.session}` : `${kind}:server:${about.server}`;
  return { key, kind, about, sentence: visible(sentence), grace: GRACE[kind] };
}
