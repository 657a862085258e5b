import type { Client } from '../contract/client';
import type { Server } from '../contract/server';
import type { Session } from '../contract/session';
import { visible } from '../visible-text';
import { isFlapping } from './evolve';
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
const count = (number: number, one: string): string => `${plain.format(number)} ${one}${number === 1 ? '' : 's'}`;

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
  if (reused) return ['broken', `A used reconnect token of ${programOf(reused)} was presented again.`];

  const flapping = sessions.filter((session) => isFlapping(session, now));
  if (flapping.length > 0) {
    return ['broken', `${nameOrCount(flapping)} ${flapping.length === 1 ? 'keeps' : 'keep'} dropping.`];
  }

  if (sessions.length > 1 && !sessions.some(({ status }) => isAttached(status))) return attached(sessions, servers);

  const down = servers.filter(({ state }) => state === 'waiting' || state === 'circuit_open' || state === 'broken');
  if (down.length > 0) {
    const state = down.length === servers.length ? 'broken' : 'attention';
    return [state, one(down, (name) => `Server “${name}” is down.`, 'are down.')];
  }

  const login = servers.filter(({ state }) => state === 'needs_login');
  if (login.length > 0) return ['attention', one(login, (name) => `${name} needs a login.`, 'need a login.')];

  const unconfirmed = servers.filter(({ state }) => state === 'untrusted');
  if (unconfirmed.length > 0) {
    return [
      'attention',
      one(unconfirmed, (name) => `Server “${name}” is waiting for your approval.`, 'are waiting for your approval.'),
    ];
  }
  return sessions.length === 0 ? ['off', nobody(facts.clients)] : attached(sessions, facts.servers);
}

function nobody(clients: readonly Client[]): string {
  const [first] = clients;
  if (!first) return 'No client is connected yet.';
  if (clients.some(({ first_seen_at }) => first_seen_at !== null)) return 'No session is running.';
  return `Waiting for the first request from ${clients.length === 1 ? first.name : count(clients.length, 'client')}.`;
}

function attached(sessions: readonly Session[], servers: readonly Server[]): [TrayState, string] {
  const all = sessions.length;
  const degraded = sessions.filter((session) => session.degraded);
  if (degraded.length > 0) return ['attention', `${nameOrCount(degraded)} lost the push stream.`];

  const gone = sessions.filter(({ status }) => !isAttached(status)).length;
  if (gone === 0 && servers.length === 0) return ['attention', 'Your client is connected but has no tools.'];
  if (gone === 0)
    return ['well', all === 1 ? 'Your session is connected.' : `All ${count(all, 'session')} are connected.`];
  const wait = gone === 1 ? 'is waiting for its client to return' : 'are waiting for their client to return';
  return gone === all
    ? ['attention', `No client is connected: ${plain.format(gone)} of ${count(all, 'session')} ${wait}.`]
    : ['well', `${plain.format(gone)} of ${count(all, 'session')} ${wait}.`];
}

function nameOrCount(sessions: readonly Session[]): string {
  const [only] = sessions;
  return only && sessions.length === 1 ? programOf(only) : count(sessions.length, 'session');
}

function one(servers: readonly Server[], sentence: (name: string) => string, many: string): string {
  const [only] = servers;
  return only && servers.length === 1 ? sentence(only.name) : `${count(servers.length, 'server')} ${many}`;
}

function statusWords(sessions: readonly Session[]): string {
  const parts = (['active', 'idle', 'disconnected'] as const).map((status) => {
    return `${plain.format(sessions.filter((session) => session.status === status).length)} ${status}`;
  });
  return `Sessions: ${parts.join(', ')}`;
}
