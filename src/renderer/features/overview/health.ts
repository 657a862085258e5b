import type { Client } from '../../../shared/contract/client';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { Server } from '../../../shared/contract/server';
import type { Session, SessionsHealth } from '../../../shared/contract/session';
import { isFlapping } from '../../../shared/model/evolve';
import { DEFAULT_POLICY } from '../../../shared/model/policy';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { HOUR, type Ms } from '../../../shared/model/units';
import type { View } from '../../../shared/model/views';
import type { ConnectionInfo } from '../../bridge/bridge';
import { loginSentence } from '../../format/login-words';
import { formatCount, formatNumber } from '../../format/number';
import { serverSentenceText } from '../../format/server-words';
import { formatRoughly } from '../../format/time';
import { sessionName } from '../../format/words';

export type HealthTone = 'good' | 'quiet' | 'warn' | 'bad';

/** The one thing to do: go somewhere, or retry the connection. */
export type HealthAction =
  | { readonly label: string; readonly view: View; readonly id?: string; readonly params?: Record<string, string> }
  | { readonly label: string; readonly reconnect: true };

export interface Health {
  readonly tone: HealthTone;
  readonly sentence: string;
  readonly detail: string;
  readonly action: HealthAction | null;
}

export interface HealthInput {
  /** Whether the first snapshot has arrived. */
  readonly synced: boolean;
  readonly connection: ConnectionInfo;
  readonly sessions: readonly Session[];
  /** Newest events, oldest first. */
  readonly events: readonly HoldfastEvent[];
  readonly clients: readonly Client[] | null;
  readonly counts: SessionsHealth | null;
  /** Null until they are known. */
  readonly servers: readonly Server[] | null;
  readonly now: Ms;
}

const REUSE_SHOWN: Ms = HOUR;

const show = (query: string): HealthAction => ({ label: 'Show them', view: 'sessions', params: { q: query } });
const open = (session: Session): HealthAction => ({
  label: 'Open the session',
  view: 'sessions',
  id: session.session_id,
});

/** The overall health in one sentence, with the one thing to do about it. The problem that affects most wins; the others are named beside it. */
export function deriveHealth(input: HealthInput): Health {
  const sessions = input.sessions.filter((session) => !session.probe && !hasEnded(session.status));
  const alone = lostTouch(input) ?? reusedToken(input);
  if (alone) return alone;
  const [worst, ...others] = [
    flapping(sessions, input.now),
    everybodyGone(sessions, input),
    serverDown(input),
    loginNeeded(input),
    unconfirmed(input),
  ].filter((problem) => problem !== null);
  if (worst) return others.length === 0 ? worst : { ...worst, detail: `${worst.detail} ${alsoWords(others)}`.trim() };
  return nobody(sessions, input) ?? state(sessions, input);
}

/** The problems that the headline does not name. */
const alsoWords = (others: readonly Health[]): string => `Also: ${others.map(({ sentence }) => sentence).join(' ')}`;

/** Several sessions and not one client: that affects more people than any one server does. */
function everybodyGone(sessions: readonly Session[], input: HealthInput): Health | null {
  const isLost = sessions.length > 1 && sessions.every((session) => !isAttached(session.status));
  return isLost ? state(sessions, input) : null;
}

function lostTouch({ synced, connection, now }: HealthInput): Health | null {
  const waiting = connection.state === 'reconnecting' || connection.state === 'offline';
  if (!synced) {
    return connection.problem === null
      ? { tone: 'quiet', sentence: 'Loading sessions…', detail: '', action: null }
      : {
          tone: 'bad',
          sentence: 'Holdfast cannot be reached.',
          detail: connection.problem,
          action: { label: 'Reconnect now', reconnect: true },
        };
  }
  if (!waiting) return null;
  const age = connection.heard_at === null ? '' : `Data is ${formatRoughly(now - connection.heard_at)} old. `;
  return {
    tone: 'warn',
    sentence: 'Connection to Holdfast lost.',
    detail: `${age}${connection.problem ?? 'Retrying.'}`,
    action: { label: 'Reconnect now', reconnect: true },
  };
}

function reusedToken({ events, sessions, now }: HealthInput): Health | null {
  const reuse = events.findLast((event) => event.kind === 'token_reuse_detected' && now - event.at < REUSE_SHOWN);
  const session = reuse && sessions.find(({ session_id }) => session_id === reuse.session_id);
  if (!session) return null;
  return {
    tone: 'bad',
    sentence: `A used reconnect token of ${sessionName(session)} was presented again.`,
    detail: 'All tokens of that session were revoked. Somebody may have copied one.',
    action: open(session),
  };
}

function flapping(sessions: readonly Session[], now: Ms): Health | null {
  const unsteady = sessions.filter((session) => isFlapping(session, now));
  const [only] = unsteady;
  if (!only) return null;
  return {
    tone: 'bad',
    sentence: `${unsteady.length === 1 ? sessionName(only) : formatCount(unsteady.length, 'session')} ${unsteady.length === 1 ? 'keeps' : 'keep'} dropping.`,
    detail: 'Five or more reconnects within ten minutes. The timeline shows what broke each time.',
    action: unsteady.length === 1 ? open(only) : show('is:flapping'),
  };
}

const showServers = (servers: readonly Server[]): HealthAction => ({
  label: servers.length === 1 ? 'Open the server' : 'Show the servers',
  view: 'servers',
  ...(servers.length === 1 && servers[0] && { id: servers[0].name }),
});

function serverDown({ servers, now }: HealthInput): Health | null {
  const down = servers?.filter(({ state }) => state === 'waiting' || state === 'circuit_open' || state === 'broken');
  const [only] = down ?? [];
  if (!down || !only) return null;
  return {
    tone: down.length === servers?.length ? 'bad' : 'warn',
    sentence: down.length === 1 ? `Server “${only.name}” is down.` : `${formatCount(down.length, 'server')} are down.`,
    detail:
      down.length === 1
        ? serverSentenceText(only, now)
        : `${down.map(({ name }) => name).join(', ')}. Sessions stay alive; calls to these servers fail.`,
    action: showServers(down),
  };
}

function loginNeeded({ servers }: HealthInput): Health | null {
  const waiting = servers?.filter(({ state }) => state === 'needs_login') ?? [];
  const [only] = waiting;
  if (!only) return null;
  const held = waiting.reduce((sum, { login }) => sum + login.held_calls, 0);
  const calls =
    held === 0 ? 'Calls to them wait.' : `${formatCount(held, 'call')} ${held === 1 ? 'is' : 'are'} waiting.`;
  return {
    tone: 'warn',
    sentence:
      waiting.length === 1 ? `${only.name} needs a login.` : `${formatCount(waiting.length, 'server')} need a login.`,
    detail: waiting.length === 1 ? loginSentence(only) : `${waiting.map(({ name }) => name).join(', ')}. ${calls}`,
    action: showServers(waiting),
  };
}

function unconfirmed({ servers }: HealthInput): Health | null {
  const waiting = servers?.filter(({ state }) => state === 'untrusted') ?? [];
  const [only] = waiting;
  if (!only) return null;
  return {
    tone: 'warn',
    sentence:
      waiting.length === 1
        ? `Server “${only.name}” is waiting for your approval.`
        : `${formatCount(waiting.length, 'server')} are waiting for your approval.`,
    detail: 'A server is used only after you have reviewed it once.',
    action: showServers(waiting),
  };
}

function nobody(sessions: readonly Session[], { clients }: HealthInput): Health | null {
  if (sessions.length > 0) return null;
  const waiting = clients?.filter((client) => client.first_seen_at === null) ?? [];
  const [first] = waiting;
  if (clients && clients.length > 0 && first && waiting.length === clients.length) {
    return {
      tone: 'quiet',
      sentence: `Waiting for the first request from ${waiting.length === 1 ? first.name : formatCount(waiting.length, 'client')}.`,
      detail: 'Start the client, or check its settings.',
      action: { label: 'Show the settings', view: 'connect' },
    };
  }
  return clients && clients.length > 0
    ? {
        tone: 'quiet',
        sentence: 'No session is running.',
        detail: 'A session starts when one of your clients makes its first call.',
        action: { label: 'Connect another client', view: 'connect' },
      }
    : {
        tone: 'quiet',
        sentence: 'No client is connected yet.',
        detail: 'Give your MCP client a key and Holdfast’s address, and its sessions appear here.',
        action: { label: 'Connect a client', view: 'connect' },
      };
}

function state(sessions: readonly Session[], { counts, servers }: HealthInput): Health {
  const gone = sessions.filter((session) => !isAttached(session.status));
  const degraded = sessions.filter((session) => session.degraded);
  const all = sessions.length;
  const [firstDegraded] = degraded;
  const [firstGone] = gone;
  if (firstDegraded) {
    return {
      tone: 'warn',
      sentence: `${degraded.length === 1 ? sessionName(firstDegraded) : formatCount(degraded.length, 'session')} lost the push stream.`,
      detail: 'Calls work. Messages from servers wait until the client reopens its stream.',
      action: degraded.length === 1 ? open(firstDegraded) : show('is:degraded'),
    };
  }
  if (gone.length > 0) {
    const wait = gone.length === 1 ? 'is waiting for its client to return' : 'are waiting for their client to return';
    return {
      tone: gone.length === all ? 'warn' : 'quiet',
      sentence:
        gone.length === all
          ? `No client is connected: ${formatNumber(gone.length)} of ${formatCount(all, 'session')} ${wait}.`
          : `${formatNumber(gone.length)} of ${formatCount(all, 'session')} ${wait}.`,
      // Only time in which Holdfast runs counts, so no clock can say when it is over.
      detail: `Returning clients resume where they left off. Sessions wait ${formatNumber(DEFAULT_POLICY.retention / HOUR)} hours, counting only the time that Holdfast runs.`,
      action: gone.length === 1 && firstGone ? open(firstGone) : show('status:disconnected'),
    };
  }
  if (servers?.length === 0) {
    return {
      tone: 'warn',
      sentence: 'Your client is connected but has no tools.',
      detail: 'No server is set up. Add one, or import the servers that your other programs have.',
      action: { label: 'Add servers', view: 'servers' },
    };
  }
  const reconnects = counts?.reconnects.last_24h;
  return {
    tone: 'good',
    sentence: all === 1 ? 'Your session is connected.' : `All ${formatCount(all, 'session')} are connected.`,
    detail:
      reconnects === undefined
        ? ''
        : reconnects === 0
          ? 'No client dropped in the last 24 hours.'
          : `${formatCount(reconnects, 'reconnect')} in the last 24 hours, each back in its own session.`,
    action: null,
  };
}
