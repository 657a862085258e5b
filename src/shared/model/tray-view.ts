import type { FailingCalls } from '../contract/activity';
import type { Client } from '../contract/client';
import type { Server } from '../contract/server';
import type { Session } from '../contract/session';
import { t } from '../messages/language';
import { visible } from '../visible-text';
import { isFlapping } from './evolve';
import { failingSentence, failingToTell } from './failing-calls';
import { programOf } from './program-names';
import { hasEnded, isAttached } from './session';
import type { Ms } from './units';

/** How Holdfast is, as far as a shape of a few pixels can say. `off`: no session runs, so there is nothing to keep. */
export type TrayState = 'well' | 'attention' | 'broken' | 'off';

/** What the tray is derived from: the same facts as the sentence at the top of the window. */
export interface TrayFacts {
  readonly sessions: readonly Session[];
  readonly servers: readonly Server[];
  readonly clients: readonly Client[];
  /** The session whose used token was presented again within the last hour; null if there is none. */
  readonly reusedBy: string | null;
  /** Calls that fail again and again. */
  readonly failing: FailingCalls | null;
  /** Until when nothing is told; null when it is not paused. */
  readonly pausedUntil: Ms | null;
  readonly now: Ms;
}

export interface TrayView {
  readonly state: TrayState;
  /** The window's health sentence. */
  readonly sentence: string;
  /** How many sessions there are of each status, in words. */
  readonly sessions: string;
  /** Servers that need something, and what; at most {@link MOST_SERVERS}. */
  readonly servers: readonly { readonly name: string; readonly label: string }[];
  /** Whether notifications are paused. */
  readonly isPaused: boolean;
}

/** A menu longer than this is not read. */
export const MOST_SERVERS = 10;

const NEEDS: Readonly<Partial<Record<Server['state'], string>>> = {
  needs_login: 'Log in to',
  untrusted: 'Confirm',
  waiting: 'Retry',
  circuit_open: 'Retry',
  broken: 'Put right',
};

const plain = new Intl.NumberFormat('en-US');

/** What the tray shows. The worst problem wins, in the order of the window. */
export function trayView(facts: TrayFacts): TrayView {
  const sessions = facts.sessions.filter((session) => !session.probe && !hasEnded(session.status));
  const [state, sentence] = overall(sessions, facts);
  const waiting = facts.servers.flatMap(({ name, state: its }) => {
    const need = NEEDS[its];
    return need === undefined ? [] : [{ name, label: visible(`${need} ${name}…`) }];
  });
  return {
    state,
    sentence: visible(sentence),
    sessions: statusWords(sessions),
    servers: waiting.slice(0, MOST_SERVERS),
    isPaused: facts.pausedUntil !== null && facts.now < facts.pausedUntil,
  };
}

function overall(sessions: readonly Session[], facts: TrayFacts): [TrayState, string] {
  const { servers, now } = facts;
  const reused = sessions.find(({ session_id }) => session_id === facts.reusedBy);
  if (reused) return ['broken', t('health.reused', { name: programOf(reused) })];

  const flapping = sessions.filter((session) => isFlapping(session, now));
  if (flapping.length > 0) {
    return ['broken', t('health.flapping', nameAndCount(flapping))];
  }

  if (sessions.length > 1 && !sessions.some(({ status }) => isAttached(status))) return attached(sessions, servers);

  const down = servers.filter(({ state }) => state === 'waiting' || state === 'circuit_open' || state === 'broken');
  if (down.length > 0) {
    const state = down.length === servers.length ? 'broken' : 'attention';
    return [state, t('health.down', named(down))];
  }

  const login = servers.filter(({ state }) => state === 'needs_login');
  if (login.length > 0) return ['attention', t('health.login', named(login))];

  const unconfirmed = servers.filter(({ state }) => state === 'untrusted');
  if (unconfirmed.length > 0) {
    return ['attention', t('health.unconfirmed', named(unconfirmed))];
  }
  const failing = failingToTell(facts.failing, servers);
  if (failing) return ['attention', failingSentence(failing)];
  return sessions.length === 0 ? ['off', nobody(facts.clients)] : attached(sessions, facts.servers);
}

function nobody(clients: readonly Client[]): string {
  const [first] = clients;
  if (!first) return t('health.no_client');
  if (clients.some(({ first_seen_at }) => first_seen_at !== null)) return t('health.no_session');
  return t('health.first_request', { count: clients.length, name: first.name });
}

function attached(sessions: readonly Session[], servers: readonly Server[]): [TrayState, string] {
  const all = sessions.length;
  const degraded = sessions.filter((session) => session.degraded);
  if (degraded.length > 0) return ['attention', t('health.degraded', nameAndCount(degraded))];

  const gone = sessions.filter(({ status }) => !isAttached(status)).length;
  if (gone === 0 && servers.length === 0) return ['attention', t('health.no_tools')];
  if (gone === 0) return ['well', t('health.good', { count: all })];
  return gone === all
    ? ['attention', t('health.all_waiting', { count: gone, all })]
    : ['well', t('health.waiting', { count: gone, all })];
}

const nameAndCount = (sessions: readonly Session[]) => named(sessions.map((one) => ({ name: programOf(one) })));

/** How many there are, and the name of the first: texts name it when it is the only one. */
const named = (them: readonly { readonly name: string }[]) => ({ count: them.length, name: them[0]?.name ?? '' });

function statusWords(sessions: readonly Session[]): string {
  const parts = (['active', 'idle', 'disconnected'] as const).map((status) => {
    return `${plain.format(sessions.filter((session) => session.status === status).length)} ${status}`;
  });
  return `Sessions: ${parts.join(', ')}`;
}
