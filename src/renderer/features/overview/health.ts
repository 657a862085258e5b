import type { FailingCalls } from '../../../shared/contract/activity';
import type { Client } from '../../../shared/contract/client';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { Server } from '../../../shared/contract/server';
import type { Session, SessionsHealth } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { isFlapping } from '../../../shared/model/evolve';
import { failingSentence, failingToTell } from '../../../shared/model/failing-calls';
import { isOwnClient } from '../../../shared/model/own-clients';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { HOUR, type Ms } from '../../../shared/model/units';
import type { View } from '../../../shared/model/views';
import type { ConnectionInfo } from '../../bridge/bridge';
import { loginSentence } from '../../format/login-words';
import { namesWords } from '../../format/names';
import { serverSentenceText } from '../../format/server-words';
import { formatRoughly } from '../../format/time';
import { sessionName } from '../../format/words';
import { activityParams } from '../activity/activity-place';

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
  /** Calls that fail again and again. */
  readonly failing: FailingCalls | null;
  /** How long a session waits for its client, as it is set now. */
  readonly retention: Ms;
  /** Null until they are known. */
  readonly servers: readonly Server[] | null;
  readonly now: Ms;
}

const REUSE_SHOWN: Ms = HOUR;

const RECONNECT: HealthAction = { label: t('connection.reconnect_now'), reconnect: true };
const show = (query: string): HealthAction => ({
  label: t('health.do.show_sessions'),
  view: 'sessions',
  params: { q: query },
});
const open = (session: Session): HealthAction => ({
  label: t('health.do.open_session'),
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
    failingCalls(input),
  ].filter((problem) => problem !== null);
  if (worst) return others.length === 0 ? worst : { ...worst, detail: `${worst.detail} ${alsoWords(others)}`.trim() };
  return nobody(sessions, input) ?? state(sessions, input);
}

/** The problems that the headline does not name. */
const alsoWords = (others: readonly Health[]): string =>
  t('health.also', { sentences: others.map(({ sentence }) => sentence).join(' ') });

/** Several sessions and not one client: that affects more people than any one server does. */
function everybodyGone(sessions: readonly Session[], input: HealthInput): Health | null {
  const isLost = sessions.length > 1 && sessions.every((session) => !isAttached(session.status));
  return isLost ? state(sessions, input) : null;
}

function lostTouch({ synced, connection, now }: HealthInput): Health | null {
  const waiting = connection.state === 'reconnecting' || connection.state === 'offline';
  if (!synced) {
    return connection.problem === null
      ? { tone: 'quiet', sentence: t('health.loading'), detail: '', action: null }
      : {
          tone: 'bad',
          sentence: t('health.unreachable'),
          detail: connection.problem,
          action: RECONNECT,
        };
  }
  if (!waiting) return null;
  const age =
    connection.heard_at === null ? '' : t('health.lost.age', { age: formatRoughly(now - connection.heard_at) });
  return {
    tone: 'warn',
    sentence: t('health.lost'),
    detail: `${age} ${connection.problem ?? t('health.lost.retrying')}`.trim(),
    action: RECONNECT,
  };
}

function reusedToken({ events, sessions, now }: HealthInput): Health | null {
  const isReuse = ({ kind, at }: HoldfastEvent) => kind === 'token_reuse_detected' && now - at < REUSE_SHOWN;
  const reused = new Set(events.filter(isReuse).map(({ session_id }) => session_id));
  const session = sessions.find((one) => reused.has(one.session_id) && !isOwnClient(one));
  if (!session) return null;
  return {
    tone: 'bad',
    sentence: t('health.reused', { name: sessionName(session) }),
    detail: t('health.reused.detail'),
    action: open(session),
  };
}

function flapping(sessions: readonly Session[], now: Ms): Health | null {
  const unsteady = sessions.filter((session) => isFlapping(session, now));
  const [only] = unsteady;
  if (!only) return null;
  return {
    tone: 'bad',
    sentence: t('health.flapping', { count: unsteady.length, name: sessionName(only) }),
    detail: t('health.flapping.detail'),
    action: unsteady.length === 1 ? open(only) : show('is:flapping'),
  };
}

const showServers = (servers: readonly Server[]): HealthAction => ({
  label: t('health.do.show_servers', { count: servers.length }),
  view: 'servers',
  ...(servers.length === 1 && servers[0] && { id: servers[0].name }),
});

function serverDown({ servers, now }: HealthInput): Health | null {
  const down = servers?.filter(({ state }) => state === 'waiting' || state === 'circuit_open' || state === 'broken');
  const [only] = down ?? [];
  if (!down || !only) return null;
  return {
    tone: down.length === servers?.length ? 'bad' : 'warn',
    sentence: t('health.down', { count: down.length, name: only.name, state: only.state }),
    detail:
      down.length === 1
        ? serverSentenceText(only, now)
        : t('health.down.detail', { names: namesWords(down.map(({ name }) => name)) }),
    action: showServers(down),
  };
}

function loginNeeded({ servers }: HealthInput): Health | null {
  const waiting = servers?.filter(({ state }) => state === 'needs_login') ?? [];
  const [only] = waiting;
  if (!only) return null;
  const held = waiting.reduce((sum, { login }) => sum + login.held_calls, 0);
  const names = namesWords(waiting.map(({ name }) => name));
  return {
    tone: 'warn',
    sentence: t('health.login', { count: waiting.length, name: only.name }),
    detail: waiting.length === 1 ? loginSentence(only) : t('health.login.detail', { names, held }),
    action: showServers(waiting),
  };
}

function unconfirmed({ servers }: HealthInput): Health | null {
  const waiting = servers?.filter(({ state }) => state === 'untrusted') ?? [];
  const [only] = waiting;
  if (!only) return null;
  return {
    tone: 'warn',
    sentence: t('health.unconfirmed', { count: waiting.length, name: only.name }),
    detail: t('health.unconfirmed.detail'),
    action: showServers(waiting),
  };
}

function failingCalls({ failing, servers }: HealthInput): Health | null {
  const told = failingToTell(failing, servers ?? []);
  if (!told) return null;
  const { of, error, group_id, from } = told;
  return {
    tone: 'warn',
    sentence: failingSentence(told),
    detail: error === null ? t('health.failing.detail_no_error', { of }) : t('health.failing.detail', { of, error }),
    action: {
      label: t('health.do.show_calls'),
      view: 'activity',
      params: activityParams({ group: group_id, from }),
    },
  };
}

function nobody(sessions: readonly Session[], { clients }: HealthInput): Health | null {
  if (sessions.length > 0) return null;
  const waiting = clients?.filter((client) => client.first_seen_at === null) ?? [];
  const [first] = waiting;
  if (clients && clients.length > 0 && first && waiting.length === clients.length) {
    return {
      tone: 'quiet',
      sentence: t('health.first_request', { count: waiting.length, name: first.name }),
      detail: t('health.first_request.detail'),
      action: { label: t('health.do.show_settings'), view: 'connect' },
    };
  }
  return clients && clients.length > 0
    ? {
        tone: 'quiet',
        sentence: t('health.no_session'),
        detail: t('health.no_session.detail'),
        action: { label: t('health.do.connect_another'), view: 'connect' },
      }
    : {
        tone: 'quiet',
        sentence: t('health.no_client'),
        detail: t('health.no_client.detail'),
        action: { label: t('health.do.connect'), view: 'connect' },
      };
}

function state(sessions: readonly Session[], { counts, retention, servers }: HealthInput): Health {
  const gone = sessions.filter((session) => !isAttached(session.status));
  const degraded = sessions.filter((session) => session.degraded);
  const all = sessions.length;
  const [firstDegraded] = degraded;
  const [firstGone] = gone;
  if (firstDegraded) {
    return {
      tone: 'warn',
      sentence: t('health.degraded', { count: degraded.length, name: sessionName(firstDegraded) }),
      detail: t('health.degraded.detail'),
      action: degraded.length === 1 ? open(firstDegraded) : show('is:degraded'),
    };
  }
  if (gone.length > 0) {
    return {
      tone: gone.length === all ? 'warn' : 'quiet',
      sentence: t(gone.length === all ? 'health.all_waiting' : 'health.waiting', { count: gone.length, all }),
      // Only time in which Holdfast runs counts, so no clock can say when it is over.
      detail: t('health.waiting.detail', { hours: retention / HOUR }),
      action: gone.length === 1 && firstGone ? open(firstGone) : show('status:disconnected'),
    };
  }
  if (servers?.length === 0 && !sessions.every(isOwnClient)) {
    return {
      tone: 'warn',
      sentence: t('health.no_tools'),
      detail: t('health.no_tools.detail'),
      action: { label: t('health.do.add_servers'), view: 'servers' },
    };
  }
  const reconnects = counts?.reconnects.last_24h;
  return {
    tone: 'good',
    sentence: t('health.good', { count: all }),
    detail: reconnects === undefined ? '' : t('health.good.detail', { count: reconnects }),
    action: null,
  };
}
