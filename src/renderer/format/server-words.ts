import type { Server, ServerInstance, ServerPolicy, ServerState } from '../../shared/contract/server';
import type { MessageId } from '../../shared/messages/en';
import { messageFormat, t, type Values } from '../../shared/messages/language';
import { whatWasSaid } from '../../shared/messages/what-was-said';
import { hasFailed, stateMessage } from '../../shared/model/server-words';
import { type Ms, SECOND } from '../../shared/model/units';
import { errorWords, isForeignError } from './error-words';
import { loginSentence } from './login-words';
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
  return { word: t(stateMessage(server)), tone: hasFailed(server) ? 'bad' : TONES[server.state] };
}

export const POLICY_WORDS: Readonly<Record<ServerPolicy, string>> = {
  'per-session': t('server.policy.per-session'),
  shared: t('server.policy.shared'),
  lazy: t('server.policy.lazy'),
};

/** What a policy means, in one line. */
export const POLICY_MEANINGS: Readonly<Record<ServerPolicy, string>> = {
  'per-session': t('server.policy.per-session.means'),
  shared: t('server.policy.shared.means'),
  lazy: t('server.policy.lazy.means'),
};

/** Parts of an entry, as the main process names them. */
const PARTS: Readonly<Record<string, MessageId>> = {
  command: 'server.part.command',
  arguments: 'server.part.arguments',
  folder: 'server.part.folder',
  address: 'server.part.address',
  login: 'server.part.login',
  'client id': 'server.part.client_id',
  'private key file': 'server.part.private_key_file',
  algorithm: 'server.part.algorithm',
  'authorization server': 'server.part.authorization_server',
  'client metadata document': 'server.part.client_metadata_document',
  resource: 'server.part.resource',
  scopes: 'server.part.scopes',
  grant: 'server.part.grant',
  'other issuers': 'server.part.other_issuers',
  'client secret': 'server.part.client_secret',
  'private key': 'server.part.private_key',
};

/** A part of an entry in words; variables and headers keep their names. */
export function partWord(part: string): string {
  const id = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
  return id === undefined ? part : t(id);
}

/** Whether sessions see each other's state in it. */
export const sharesState = (policy: ServerPolicy): boolean => policy !== 'per-session';

/**
 * A server's state in one sentence. In its text, `<said>` is around what was not written by the window and `<left>` around the
 * countdown.
 */
export interface ServerSentence {
  readonly id: MessageId;
  readonly values: Values;
}

/** The time left until a server is tried again; null when it is over or none is planned. */
export function waitOf({ state, next_try_at }: Pick<Server, 'state' | 'next_try_at'>, now: Ms): string | null {
  if (state !== 'waiting' && state !== 'circuit_open') return null;
  return next_try_at === null || next_try_at - now < SECOND ? null : formatRoughly(next_try_at - now);
}

/**
 * Says what state a server is in and why, for somebody who is tired.
 *
 * @param wait of {@link waitOf}: the only part that changes with time
 */
export function serverSentence(server: Server, wait: string | null): ServerSentence {
  switch (server.state) {
    case 'broken':
      return server.problem === null
        ? plain('server.sentence.broken')
        : { id: 'server.sentence.error', values: { error: whatWasSaid(server.problem) ?? server.problem } };
    case 'disabled':
      return plain('server.sentence.disabled');
    case 'untrusted':
      return untrustedSentence(server);
    case 'needs_login':
      return { id: 'server.sentence.login', values: { sentence: loginSentence(server) } };
    case 'stopped':
      return plain(stoppedSentence(server));
    case 'starting':
      return plain(server.transport === 'http' ? 'server.sentence.connecting' : 'server.sentence.starting');
    case 'running':
      return runningSentence(server);
    case 'waiting':
      return waitingSentence(server, wait);
    case 'circuit_open':
      return pausedSentence(server, wait);
  }
}

const plain = (id: MessageId): ServerSentence => ({ id, values: {} });

/** The sentence in one piece. */
export function serverSentenceText(server: Server, now: Ms): string {
  const { id, values } = serverSentence(server, waitOf(server, now));
  const asText = (chunks: string[]): string => chunks.join('');
  return messageFormat(id).format<string>({ ...values, said: asText, left: asText } as never) as string;
}

function untrustedSentence({ transport, changed_since_confirmed }: Server): ServerSentence {
  const isAddress = transport === 'http';
  if (changed_since_confirmed.length === 0) {
    return plain(isAddress ? 'server.sentence.untrusted_address' : 'server.sentence.untrusted_command');
  }
  return {
    id: isAddress ? 'server.sentence.changed_address' : 'server.sentence.changed_command',
    values: { changes: changed_since_confirmed.map(partWord).join(', ') },
  };
}

function stoppedSentence({ policy, transport }: Server): MessageId {
  if (policy === 'shared') return 'server.sentence.stopped';
  if (policy === 'lazy') return 'server.sentence.stopped_lazy';
  return transport === 'http' ? 'server.sentence.stopped_address' : 'server.sentence.stopped_process';
}

function runningSentence({ instances, transport, policy }: Server): ServerSentence {
  const isAddress = transport === 'http';
  if (sharesState(policy)) {
    return plain(isAddress ? 'server.sentence.shared_connection' : 'server.sentence.shared_process');
  }
  const count = instances.filter(({ state }) => state === 'running').length;
  return { id: isAddress ? 'server.sentence.connections' : 'server.sentence.processes', values: { count } };
}

function waitingSentence(server: Server, wait: string | null): ServerSentence {
  const error = lastErrorOf(server) ?? t('server.sentence.failed');
  if (server.next_try_at === null) return { id: 'server.sentence.retry_on_use', values: { error } };
  const values = { error, attempt: server.attempt + 1 };
  return wait === null
    ? { id: 'server.sentence.retry_now', values }
    : { id: 'server.sentence.retry_in', values: { ...values, wait } };
}

function pausedSentence(server: Server, wait: string | null): ServerSentence {
  const error = lastErrorOf(server) ?? t('server.sentence.failed');
  if (server.next_try_at === null) return { id: 'server.sentence.paused_until_use', values: { error } };
  return wait === null
    ? { id: 'server.sentence.paused_retry_now', values: { error } }
    : { id: 'server.sentence.paused_retry_in', values: { error, wait } };
}

/** What went wrong last with a server, as sentences; null when nothing did. The context names the server. */
export const lastErrorOf = ({ state, problem, last_error }: Server): string | null =>
  state === 'broken'
    ? problem && (whatWasSaid(problem) ?? problem)
    : last_error === null
      ? null
      : errorWords(last_error);

/** Whether what went wrong last with a server is said in words of somebody else. */
export function hasForeignError({ state, problem, last_error }: Server): boolean {
  const error = state === 'broken' ? problem : last_error;
  return error !== null && isForeignError(error);
}

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

/** Processor use of all processes of a server, in percent of one core; null when unknown. */
export function processorOf({ instances }: Pick<Server, 'instances'>): number | null {
  const known = instances.map(({ cpu_percent }) => cpu_percent).filter((percent) => percent !== null);
  return known.length > 0 ? known.reduce((sum, percent) => sum + percent, 0) : null;
}

/** Memory of all processes of a server, in bytes; null when unknown. */
export function memoryOf({ instances }: Pick<Server, 'instances'>): number | null {
  const known = instances.map(({ rss_bytes }) => rss_bytes).filter((bytes) => bytes !== null);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : null;
}
