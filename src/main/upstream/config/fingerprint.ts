import { createHash } from 'node:crypto';
import type { HttpTarget, StdioTarget } from '../ports';
import type { EntryForm } from './entry';

const hash = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Names what a process or a connection was made from, values included: with another one it has to be made anew. */
export const targetFingerprint = (target: StdioTarget | HttpTarget): string =>
  target.kind === 'stdio'
    ? hash(['stdio', target.command, target.args, target.cwd, sorted(target.env)])
    : hash(['http', target.url, sorted(target.headers)]);

/**
 * Names the command as it was shown to the person who confirms it: the values of its environment are not in it, so a new key
 * needs no new confirmation, and another command does.
 */
export const commandFingerprint = ({ command, args, cwd, env, url, headers }: EntryForm): string =>
  url === null
    ? hash(['stdio', command, args, cwd, Object.keys(env).sort()])
    : hash(['http', url, Object.keys(headers).sort()]);
