import type { FailingCalls, FailureGroup } from '../contract/activity';
import type { Server } from '../contract/server';
import { type Say, t } from '../messages/language';
import { HOUR, MINUTE, type Ms } from './units';

/** How far back failures count. */
export const FAILING_SPAN: Ms = HOUR;
/** A kind whose newest failure is older is over. */
const FRESH: Ms = 15 * MINUTE;
/** Fewer of one kind are no pattern. */
const LEAST = 5;
/** Of all calls of the same thing; agents try things that fail, and go on. */
const LEAST_SHARE = 0.25;
/** What a person would call a call. */
const CALLS: readonly string[] = ['tools/call', 'prompts/get', 'resources/read'];

/**
 * Kinds of failures of the last hour that may be worth a sentence, the most frequent first.
 * @param groups - counted since {@link FAILING_SPAN} before `now`
 */
export const failingCandidates = (groups: readonly FailureGroup[], now: Ms): FailureGroup[] =>
  groups
    .filter(({ method, name, count, last_at }) => {
      return CALLS.includes(method) && name !== null && count >= LEAST && now - last_at <= FRESH;
    })
    .sort((a, b) => b.count - a.count);

/** @param all - calls of the same thing within the same time, whatever became of them */
export const areManyFailing = (failed: number, all: number): boolean => failed >= all * LEAST_SHARE;

/** The failing calls that deserve a sentence: not those of a server that is known to be down, or to wait for something. */
export function failingToTell(failing: FailingCalls | null, servers: readonly Server[]): FailingCalls | null {
  const server = servers.find(({ name }) => name === failing?.server);
  return isKnownTrouble(server?.state) ? null : failing;
}

/** Whether a server in this state is known to be down or to wait for something, so that its failing calls are no news. */
export const isKnownTrouble = (state: Server['state'] | undefined): boolean =>
  state !== undefined && TROUBLED.includes(state);

const TROUBLED: readonly Server['state'][] = ['waiting', 'circuit_open', 'broken', 'needs_login', 'untrusted'];

/** `31 calls of search of tickets timed out in the last hour.` */
export const failingSentence = ({ count, name, server, outcome, error }: FailingCalls, say: Say = t): string =>
  say('health.failing', {
    count,
    name: ownName(name, server),
    server: server ?? 'Holdfast',
    how: howOf(outcome, error),
  });

/** At the address of all, clients put the server before its name for a thing. */
const ownName = (name: string, server: string | null): string =>
  server !== null && name.startsWith(`${server}__`) ? name.slice(server.length + 2) : name;

function howOf(outcome: FailingCalls['outcome'], error: string | null): 'lost' | 'timed_out' | 'failed' {
  if (outcome === 'lost') return 'lost';
  return error !== null && /\btime(?:d[ -]?)?[ -]?out\b/i.test(error) ? 'timed_out' : 'failed';
}
