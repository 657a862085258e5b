import type { Server, ServerInstance, ServerPolicy, ServerState } from '../../shared/contract/server';
import { errorText, hasFailed, stateWord } from '../../shared/model/server-words';
import type { Ms } from '../../shared/model/units';
import { loginSentence } from './login-words';
import { formatCount, formatOrdinal } from './number';
import { formatRoughly } from './time';

/** How serious a state is; the colour repeats it. */
export type StateTone = 'good' | 'busy' | 'quiet' | 'warn' | 'bad';

const TONES: Readonly<Record<ServerState, StateTone>> = {
  broken: 'bad',
  disabled: 'quiet',
  untrusted: 'warn',
  needs_login: 'warn',
  stopped: 'quiet',
  starting: 'busy',
  running: 'good',
  waiting: 'warn',
  circuit_open: 'bad',
};

/** The word and the tone for a server's state. */
export function stateLook(server: Pick<Server, 'state' | 'last_error' | 'next_try_at'>): {
  readonly word: string;
  readonly tone: StateTone;
} {
  return { word: stateWord(server), tone: hasFailed(server) ? 'bad' : TONES[server.state] };
}

export const POLICY_WORDS: Readonly<Record<ServerPolicy, string>> = {
  'per-session': 'Per session',
  shared: 'Shared',
  lazy: 'On demand',
};

/** What a policy means, in one line. */
export const POLICY_MEANINGS: Readonly<Record<ServerPolicy, string>> = {
  'per-session': 'Each session gets a process of its own. Nothing leaks from one chat into another.',
  shared: 'One process for all sessions, always running. What one chat leaves in it, every other chat sees.',
  lazy: 'One process for all sessions, started on first use and stopped when nobody needs it.',
};

/** Whether sessions see each other's state in it. */
export const sharesState = (policy: ServerPolicy): boolean => policy !== 'per-session';

/** A server's state in one sentence, with room for a countdown: `before`, what is left of the wait, `after`. */
export interface ServerSentence {
  readonly before: string;
  /** Time left until the next attempt; null without a countdown. */
  readonly countdown: string | null;
  readonly after: string;
}

const plain = (text: string): ServerSentence => ({ before: text, countdown: null, after: '' });

/** Says what state a server is in and why, for somebody who is tired. */
export function serverSentence(server: Server, now: Ms): ServerSentence {
  switch (server.state) {
    case 'broken':
      return plain(server.problem ?? 'The entry in the file cannot be used.');
    case 'disabled':
      return plain('Switched off. Not running, and hidden from clients.');
    case 'untrusted':
      return plain(untrustedSentence(server));
    case 'needs_login':
      return plain(loginSentence(server));
    case 'stopped':
      return plain(stoppedSentence(server));
    case 'starting':
      return plain(server.transport === 'http' ? 'Connecting to its address.' : 'Starting its process.');
    case 'running':
      return plain(runningSentence(server));
    case 'waiting':
      return waitingSentence(server, now);
    case 'circuit_open':
      return circuitSentence(server, now);
  }
}

function untrustedSentence({ transport, changed_since_confirmed }: Server): string {
  const changed =
    changed_since_confirmed.length > 0
      ? ` Changed since you last confirmed it: ${changed_since_confirmed.join(', ')}.`
      : '';
  return transport === 'http'
    ? `Not confirmed yet. Check its address: values stored here are sent there.${changed}`
    : `Not confirmed yet. Check its command to let it run.${changed}`;
}

/** The sentence in one piece. */
export function serverSentenceText(server: Server, now: Ms): string {
  const { before, countdown, after } = serverSentence(server, now);
  return [before, countdown, after].filter(Boolean).join(' ').replace(/ \.$/, '.');
}

function stoppedSentence({ policy, transport }: Server): string {
  if (policy === 'shared') return 'Not running.';
  if (policy === 'lazy') return 'Not in use. Starts on its next use.';
  return `Not in use. ${transport === 'http' ? 'Connects' : 'Starts'} when a session first needs it.`;
}

function runningSentence({ instances, transport, policy }: Server): string {
  const running = instances.filter(({ state }) => state === 'running');
  const one = transport === 'http' ? 'connection' : 'process';
  if (sharesState(policy)) return `Responding: one ${one} for all sessions.`;
  const many = formatCount(running.length, one, `${one}${one === 'process' ? 'es' : 's'}`);
  return running.length === 1 ? `Responding: one ${one}, for one session.` : `Responding: ${many}, one per session.`;
}

function waitingSentence(server: Server, now: Ms): ServerSentence {
  const { next_try_at, attempt } = server;
  const why = lastErrorOf(server) ?? 'Failed.';
  if (next_try_at === null) return plain(`${why} Retried on its next use.`);
  const which = `(${formatOrdinal(attempt + 1)} try).`;
  const wait = left(next_try_at, now);
  return wait === null
    ? plain(`${why} Retrying now ${which}`)
    : { before: `${why} Retrying in`, countdown: wait, after: which };
}

function circuitSentence(server: Server, now: Ms): ServerSentence {
  const error = lastErrorOf(server);
  const why = `Paused after repeated failures.${error === null ? '' : ` ${error}`}`;
  if (server.next_try_at === null) return plain(`${why} Retried on its next use, after up to 30 s.`);
  const wait = left(server.next_try_at, now);
  if (wait === null) return plain(`${why} Retrying now.`);
  return { before: `${why} Retrying in`, countdown: wait, after: '.' };
}

/** What is left of a wait; null when it is over or none is known. */
const left = (at: Ms | null, now: Ms): string | null =>
  at === null || at - now < 1_000 ? null : formatRoughly(at - now);

/** What went wrong last with a server, as sentences; null when nothing did. The context names the server. */
export const lastErrorOf = ({ state, problem, last_error }: Server): string | null =>
  state === 'broken' ? problem : last_error === null ? null : errorText(last_error);

/** Whether the sentence on its state already contains its last error. */
export const saysItsError = ({ state }: Server): boolean =>
  state === 'broken' || state === 'waiting' || state === 'circuit_open' || state === 'needs_login';

/** Whether the user has to do something, or should know. */
export const needsAttention = ({ state }: Pick<Server, 'state'>): boolean =>
  state === 'broken' ||
  state === 'untrusted' ||
  state === 'needs_login' ||
  state === 'waiting' ||
  state === 'circuit_open';

/** How many processes of a server there are; connections to one over HTTP are none. */
export const processCount = ({ instances }: Pick<Server, 'instances'>): number => instances.filter(isAlive).length;

/** Whether an instance has a process. The last one of a server that failed is gone, though its number is known. */
export const isAlive = ({ pid, state }: ServerInstance): boolean =>
  pid !== null && (state === 'running' || state === 'starting');

/** Memory of all processes of a server, in bytes; null when unknown. */
export function memoryOf({ instances }: Pick<Server, 'instances'>): number | null {
  const known = instances.map(({ rss_bytes }) => rss_bytes).filter((bytes) => bytes !== null);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : null;
}
