import { createHash } from 'node:crypto';
import type { HttpTarget, StdioTarget } from '../upstream-ports';
import type { EntryForm } from './file/entry';

const hash = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Identifies what a process or connection was made from, values included: if it changes, the old one must be replaced. */
export const targetFingerprint = (target: StdioTarget | HttpTarget): string =>
  target.kind === 'stdio'
    ? hash(['stdio', target.command, target.args, target.cwd, sorted(target.env)])
    : hash(['http', target.url, sorted(target.headers)]);

/** Variables that tell a system or runtime where to find the code of a command, or code to run before it. */
const OF_CODE =
  /^(?:PATH|PATHEXT|COMSPEC|SHELL|ENV|BASH_ENV|(?:LD|DYLD)_.+|NODE_(?:OPTIONS|PATH)|PYTHON(?:PATH|HOME|STARTUP)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|CLASSPATH|_JAVA_OPTIONS|(?:JAVA_TOOL|JDK_JAVA)_OPTIONS)$/i;

/** Whether this variable can change which code a command runs. Its value is never kept as a secret. */
export const decidesWhatRuns = (variable: string): boolean => OF_CODE.test(variable);

/**
 * Identifies the command as shown to the person who confirms it: a different command needs a new confirmation. Values of
 * headers and variables are left out, so that a new key needs none; except for variables that decide which code runs.
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
