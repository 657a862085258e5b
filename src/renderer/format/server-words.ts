import type { Server, ServerPolicy, ServerState } from '../../shared/contract/server';
import type { Ms } from '../../shared/model/units';
import { loginSentence } from './login-words';
import { formatCount, formatOrdinal } from './number';
import { formatRoughly } from './time';

export const SERVER_STATE_WORDS: Readonly<Record<ServerState, string>> = {
  broken: 'Broken entry',
  disabled: 'Off',
  untrusted: 'Not confirmed',
  needs_login: 'Needs a login',
  stopped: 'Not running',
  starting: 'Starting',
  running: 'Running',
  waiting: 'Waiting',
  circuit_open: 'Circuit open',
};

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
      return plain(server.problem ?? 'Its entry in the file cannot be used.');
    case 'disabled':
      return plain('It is switched off: it does not run, and clients do not see it.');
    case 'untrusted':
      return plain(untrustedSentence(server));
    case 'needs_login':
      return plain(loginSentence(server));
    case 'stopped':
      return plain(stoppedSentence(server));
    case 'starting':
      return plain(server.transport === 'http' ? 'Holdfast is connecting to it.' : 'Holdfast is starting it.');
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
      ? ` Since you confirmed it, this has changed: ${changed_since_confirmed.join(', ')}.`
      : '';
  return transport === 'http'
    ? `It is waiting for you: it would be sent values that are kept here, so it is not used before you confirm it.${changed}`
    : `It is waiting for you: its command has not been confirmed yet, so it does not run.${changed}`;
}

/** The sentence in one piece. */
export function serverSentenceText(server: Server, now: Ms): string {
  const { before, countdown, after } = serverSentence(server, now);
  return [before, countdown, after].filter(Boolean).join(' ').replace(/ \.$/, '.');
}

function stoppedSentence({ policy, transport }: Server): string {
  if (policy === 'per-session') {
    return transport === 'http'
      ? 'No session is using it. Each one gets its own connection on first use.'
      : 'No session is using it. Each one gets its own process on first use.';
  }
  return policy === 'lazy' ? 'Nobody is using it. It starts on its next use.' : 'It is not running right now.';
}

function runningSentence({ instances, transport, policy }: Server): string {
  const running = instances.filter(({ state }) => state === 'running');
  const one = transport === 'http' ? 'connection' : 'process';
  if (sharesState(policy)) return `It answers: one ${one} for all sessions.`;
  const many = formatCount(running.length, one, `${one}${one === 'process' ? 'es' : 's'}`);
  return running.length === 1 ? `It answers: one ${one}, for one session.` : `It answers: ${many}, one per session.`;
}

function waitingSentence({ next_try_at, attempt, last_error }: Server, now: Ms): ServerSentence {
  if (next_try_at === null) return plain(`Its last start failed${because(last_error)} The next use tries again.`);
  const why = `(${formatOrdinal(attempt + 1)} try)${because(last_error)}`;
  return left(next_try_at, now) === null
    ? plain(`Trying again now ${why}`)
    : { before: 'Waiting to try again in', countdown: left(next_try_at, now), after: why };
}

function circuitSentence({ next_try_at, last_error }: Server, now: Ms): ServerSentence {
  const why = `It failed too many times in a row${because(last_error)}`;
  if (next_try_at === null)
    return plain(`${why} It is left alone for up to 30 s; after that, the next use tries again.`);
  const wait = left(next_try_at, now);
  if (wait === null) return plain(`${why} One more try is due now.`);
  return { before: `${why} One more try in`, countdown: wait, after: '.' };
}

/** What is left of a wait; null when it is over or none is known. */
const left = (at: Ms | null, now: Ms): string | null =>
  at === null || at - now < 1_000 ? null : formatRoughly(at - now);

const because = (error: string | null): string => (error === null ? '.' : `: ${errorClause(error)}`);

/** `The server "x" ended with code 1.` as `it ended with code 1.`: the context names the server. Other text stays. */
export function errorClause(error: string): string {
  const text = error.trim().replace(/^The server "[^"]*" (?=[a-z])/, '');
  const clause = /^(ended|was|did|does|has|answered|could|closed|refused|sent)\b/.test(text) ? `it ${text}` : text;
  return /[.!?…]$/.test(clause) ? clause : `${clause}.`;
}

/** Whether the user has to do something, or should know. */
export const needsAttention = ({ state }: Pick<Server, 'state'>): boolean =>
  state === 'broken' ||
  state === 'untrusted' ||
  state === 'needs_login' ||
  state === 'waiting' ||
  state === 'circuit_open';

/** Memory of all processes of a server, in bytes; null when unknown. */
export function memoryOf({ instances }: Pick<Server, 'instances'>): number | null {
  const known = instances.map(({ rss_bytes }) => rss_bytes).filter((bytes) => bytes !== null);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : null;
}
