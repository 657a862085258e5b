import type { FailingCalls } from '../contract/activity';
import type { Client } from '../contract/client';
import type { Server } from '../contract/server';
import type { Session } from '../contract/session';
import { type Say, t } from '../messages/language';
import { visible } from '../visible-text';
import { isFlapping } from './evolve';
import { failingSentence, failingToTell } from './failing-calls';
import { type LastEvent, lastEvent, type ToldEvent } from './last-event';
import { isOwnClient } from './own-clients';
import { programOf } from './program-names';
import { hasEnded, isAttached } from './session';
import { DAY, type Ms } from './units';

/** How Holdfast is, as far as a shape of a few pixels can say. `off`: no session runs, so there is nothing to keep. */
export type TrayState = 'well' | 'attention' | 'broken' | 'off';

/** What the tray is derived from: the same facts as the sentence at the top of the window. */
export interface TrayFacts {
  readonly sessions: readonly Session[];
  readonly servers: readonly Server[];
  readonly clients: readonly Client[];
  /** Sessions whose used tokens were presented again within the last hour. */
  readonly reusedBy: readonly string[];
  /** Calls that fail again and again. */
  readonly failing: FailingCalls | null;
  /** The newest event that is worth a line; null if there is none. */
  readonly last: ToldEvent | null;
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
  /** What happened last, and where there is more of it; null if nothing did within a day. */
  readonly last: LastEvent | null;
  /** Servers that need something, and what; at most {@link MOST_SERVERS}. */
  readonly servers: readonly { readonly name: string; readonly label: string }[];
  /** Whether notifications are paused. */
  readonly isPaused: boolean;
}

/** A menu longer than this is not read. */
export const MOST_SERVERS = 10;

const NEEDS = ['needs_login', 'untrusted', 'waiting', 'circuit_open', 'broken'] as const;
const isNeed = (state: Server['state']): state is (typeof NEEDS)[number] =>
  (NEEDS as readonly Server['state'][]).includes(state);

/**
 * What the tray shows. The worst problem wins, in the order of the window.
 * @param say - in which language
 */
export function trayView(facts: TrayFacts, say: Say = t): TrayView {
  const sessions = facts.sessions.filter((session) => !session.probe && !hasEnded(session.status));
  const [state, sentence] = overall(sessions, facts, say);
  const waiting = facts.servers.flatMap(({ name, state: its }) => {
    return isNeed(its) ? [{ name, label: visible(say(`desktop.tray.need.${its}`, { name })) }] : [];
  });
  return {
    state,
    sentence: visible(sentence),
    sessions: statusWords(sessions, say),
    last: lastWords(facts, say),
    servers: waiting.slice(0, MOST_SERVERS),
    isPaused: facts.pausedUntil !== null && facts.now < facts.pausedUntil,
  };
}

function lastWords({ last, sessions, now }: TrayFacts, say: Say): LastEvent | null {
  if (last === null || now - last.at >= DAY) return null;
  const session = sessions.find(({ session_id }) => session_id === last.session_id);
  return lastEvent(last, session ? programOf(session, say) : say('words.client.unnamed'), now, say);
}

function overall(sessions: readonly Session[], facts: TrayFacts, say: Say): [TrayState, string] {
  const { servers, now } = facts;
  const reused = sessions.find((one) => facts.reusedBy.includes(one.session_id) && !isOwnClient(one));
  if (reused) return ['broken', say('health.reused', { name: programOf(reused, say) })];

  const flapping = sessions.filter((session) => isFlapping(session, now));
  if (flapping.length > 0) {
    return ['broken', say('health.flapping', nameAndCount(flapping, say))];
  }

  if (sessions.length > 1 && !sessions.some(({ status }) => isAttached(status)))
    return attached(sessions, servers, say);

  const down = servers.filter(({ state }) => state === 'waiting' || state === 'circuit_open' || state === 'broken');
  if (down.length > 0) {
    const state = down.length === servers.length ? 'broken' : 'attention';
    return [state, say('health.down', { ...named(down), state: down[0]?.state ?? '' })];
  }

  const login = servers.filter(({ state }) => state === 'needs_login');
  if (login.length > 0) return ['attention', say('health.login', named(login))];

  const unconfirmed = servers.filter(({ state }) => state === 'untrusted');
  if (unconfirmed.length > 0) {
    return ['attention', say('health.unconfirmed', named(unconfirmed))];
  }
  const failing = failingToTell(facts.failing, servers);
  if (failing) return ['attention', failingSentence(failing, say)];
  return sessions.length === 0 ? ['off', nobody(facts.clients, say)] : attached(sessions, facts.servers, say);
}

function nobody(clients: readonly Client[], say: Say): string {
  const [first] = clients;
  if (!first) return say('health.no_client');
  if (clients.some(({ first_seen_at }) => first_seen_at !== null)) return say('health.no_session');
  return say('health.first_request', { count: clients.length, name: first.name });
}

function attached(sessions: readonly Session[], servers: readonly Server[], say: Say): [TrayState, string] {
  const all = sessions.length;
  const degraded = sessions.filter((session) => session.degraded);
  if (degraded.length > 0) return ['attention', say('health.degraded', nameAndCount(degraded, say))];

  const gone = sessions.filter(({ status }) => !isAttached(status)).length;
  if (gone === 0 && servers.length === 0 && !sessions.every(isOwnClient)) return ['attention', say('health.no_tools')];
  if (gone === 0) return ['well', say('health.good', { count: all })];
  return gone === all
    ? ['attention', say('health.all_waiting', { count: gone, all })]
    : ['well', say('health.waiting', { count: gone, all })];
}

const nameAndCount = (sessions: readonly Session[], say: Say) =>
  named(sessions.map((one) => ({ name: programOf(one, say) })));

/** How many there are, and the name of the first: texts name it when it is the only one. */
const named = (them: readonly { readonly name: string }[]) => ({ count: them.length, name: them[0]?.name ?? '' });

function statusWords(sessions: readonly Session[], say: Say): string {
  const count = (status: Session['status']) => sessions.filter((session) => session.status === status).length;
  return say('desktop.tray.sessions', {
    active: count('active'),
    idle: count('idle'),
    disconnected: count('disconnected'),
  });
}
