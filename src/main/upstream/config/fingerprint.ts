import { createHash } from 'node:crypto';
import type { HttpTarget, StdioTarget } from '../upstream-ports';
import type { EntryForm } from './file/entry';

const hash = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Names what a process or a connection was made from, values included: with another one it has to be made anew. */
export const targetFingerprint = (target: StdioTarget | HttpTarget): string =>
  target.kind === 'stdio'
    ? hash(['stdio', target.command, target.args, target.cwd, sorted(target.env)])
    : hash(['http', target.url, sorted(target.headers)]);

/** Variables by which a system or a runtime finds the code that a command runs, or code to run before it. */
const OF_CODE =
  /^(?:PATH|PATHEXT|COMSPEC|SHELL|ENV|BASH_ENV|(?:LD|DYLD)_.+|NODE_(?:OPTIONS|PATH)|PYTHON(?:PATH|HOME|STARTUP)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|CLASSPATH|_JAVA_OPTIONS|(?:JAVA_TOOL|JDK_JAVA)_OPTIONS)$/i;

/** Whether another value of this variable may make another program of the same command. Such a value is never a secret. */
export const decidesWhatRuns = (variable: string): boolean => OF_CODE.test(variable);

/**
 * Names the command as it was shown to the person who confirms it. The values of its environment are not in it, so a new key
 * needs no new confirmation, and another command does; but for those that decide which code the command is.
 */
export const commandFingerprint = ({ command, args, cwd, env, url, headers }: EntryForm): string =>
  url === null
    ? hash([
        'stdio',
        command,
        args,
        cwd,
        Object.keys(env).sort(),
        sorted(env).filter(([name]) => decidesWhatRuns(name)),
      ])
    : hash(['http', url, Object.keys(headers).sort()]);
