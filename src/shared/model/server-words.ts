import type { Server, ServerListRemark, ServerState } from '../contract/server';

/** A remark on something that a server listed, as one line. */
export const remarkLine = ({ kind, name, problem, done }: ServerListRemark): string =>
  `${kind === 'list' ? `list of ${name}` : `${kind} "${name}"`}: ${problem} ${done}`;

/** What a server is called that speaks HTTP+SSE (MCP 2024-11-05) in place of Streamable HTTP. */
export const OLDER_TRANSPORT = 'older transport (SSE)';

const STATE_WORDS: Readonly<Record<ServerState, string>> = {
  broken: 'Broken entry',
  disabled: 'Off',
  untrusted: 'Not confirmed',
  needs_login: 'Needs a login',
  stopped: 'Not running',
  starting: 'Starting',
  running: 'Running',
  waiting: 'Retrying',
  circuit_open: 'Paused',
};

/** Begins the sentence on a server whose process or connection could not even be started. */
export const notStartedText = (name: string): string => `The server "${name}" could not be started.`;

/** What a server's state is called in the window and on the command line. */
export const stateWord = (server: Pick<Server, 'state' | 'last_error' | 'next_try_at'>): string =>
  hasFailed(server) ? 'Failed' : STATE_WORDS[server.state];

/**
 * Whether a server is down and waiting does not help: nothing is planned before its next use, or its command cannot be
 * started as it is written.
 */
export const hasFailed = ({ state, last_error, next_try_at }: Pick<Server, 'state' | 'last_error' | 'next_try_at'>) =>
  state === 'waiting' && (next_try_at === null || isCommandError(last_error));

/** Whether an error says that the command, or the folder it runs in, has to be corrected. */
export const isCommandError = (error: string | null): boolean =>
  error !== null && /^(The server "[^"]*" could not be started\. )?The (command|working folder) "/.test(error);

/**
 * An error of a server as whole sentences, where its name is known: `The server "x" ended with code 1.` becomes
 * `Ended with code 1.`
 */
export function errorText(error: string): string {
  const text = error.trim().replace(/^The server "[^"]*" (could not be started\. (?=\S))?/, '');
  // A host stays as it is written.
  const aboutHost = text.replace(/^at (?=\S+ [a-z])/, '');
  const sentence = aboutHost === text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : aboutHost;
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
