import type { Server, ServerListRemark, ServerState } from '../contract/server';
import { SERVER_WORDS } from '../messages/en/server-words';
import type { Say } from '../messages/language';
import { said } from '../messages/said';

/** A remark on something that a server listed, as one line in some language. */
export const remarkLine = ({ kind, name, problem, done }: ServerListRemark, say: Say): string =>
  say(`remark.${kind}`, { name, problem, done });

/** What a server is called that speaks HTTP+SSE (MCP 2024-11-05) in place of Streamable HTTP; in English. */
export const OLDER_TRANSPORT = SERVER_WORDS['server.older_transport'];

/** Begins the sentence on a server whose process or connection could not even be started. */
export const notStartedText = (name: string): string => said('said.server.not_started', { name });

type StateFacts = Pick<Server, 'state' | 'last_error' | 'next_try_at'>;

/** The id of the word for a server's state. */
export const stateMessage = (server: StateFacts): `server.state.${ServerState | 'failed'}` =>
  `server.state.${hasFailed(server) ? 'failed' : server.state}`;

/** What a server's state is called on the command line; in English. */
export const stateWord = (server: StateFacts): string => SERVER_WORDS[stateMessage(server)];

/**
 * Whether a server is down and waiting does not help: nothing is planned before its next use, or its command cannot be
 * started as it is written.
 */
export const hasFailed = ({ state, last_error, next_try_at }: StateFacts) =>
  state === 'waiting' && (next_try_at === null || isCommandError(last_error));

/** Whether an error says that the command, or the folder it runs in, has to be corrected. */
export const isCommandError = (error: string | null): boolean =>
  error !== null && /^(The server "[^"]*" could not be started\. )?The (command|working folder) "/.test(error);

/** What an error says of a server, without the beginning that names it. It ends like a sentence. */
export function withoutServer(error: string): string {
  const text = error.trim().replace(/^The server "[^"]*" (could not be started\. (?=\S))?/, '');
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/**
 * An error of a server as whole sentences, where its name is known: `The server "x" ended with code 1.` becomes
 * `Ended with code 1.`
 */
export function errorText(error: string): string {
  const text = withoutServer(error);
  // A host stays as it is written.
  const aboutHost = text.replace(/^at (?=\S+ [a-z])/, '');
  return aboutHost === text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : aboutHost;
}
