import { stringifyExact } from '../../../mcp/exact-json';
import { isObject, type JsonRpcResponse, type Params, type RequestId } from '../../../mcp/json-rpc';
import { SEARCH_TOOLS } from '../../../mcp/own-tools';
import { FOUND, LONGEST_QUERY } from '../../../tool-sets/search/search-tools';

/** Characters of all input schemas in one result, and of one description. */
const MOST_CHARACTERS = 60_000;
const LONGEST_DESCRIPTION = 2_000;
/** Servers that a sentence names. */
const MOST_NAMED = 40;

/** What a search asks for. */
export interface Asked {
  readonly query: string;
  readonly limit: number;
}

/** What a search asks for, or a sentence that says what is wrong with it. */
export function searchIn(given: unknown): Asked | string {
  const { query, limit = FOUND.usual } = isObject(given) ? given : {};
  if (typeof query !== 'string' || query.trim() === '') {
    return 'The query is empty. Say what the tool should do: {"query": "create an issue"}.';
  }
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) return `The limit is a whole number from 1 to ${FOUND.most}.`;
  return { query: query.slice(0, LONGEST_QUERY), limit: Math.min(most, FOUND.most) };
}

/** What is known of the servers, for saying why nothing was found. */
export interface Searched {
  readonly query: string;
  readonly servers: readonly string[];
  /** Whether what was found is in the client's list of tools now. */
  readonly areListed: boolean;
  /** Those of which no complete list of tools is known. */
  readonly unlisted: readonly { readonly server: string; readonly why: WhyUnlisted }[];
}

/** Why no complete list of a server's tools is known. */
export type WhyUnlisted = 'is learned' | 'cannot be reached' | 'waits for login' | 'waits to be confirmed';

/** The answer with these tools, as they are listed. */
export function foundResult(id: RequestId, tools: readonly Params[], searched: Searched): JsonRpcResponse {
  let left = MOST_CHARACTERS;
  const cut: string[] = [];
  const shown = tools.map(({ name, description, inputSchema }) => {
    const size = stringifyExact(inputSchema ?? {}).length;
    const fits = size <= left;
    if (fits) left -= size;
    else cut.push(String(name));
    return {
      name,
      ...(typeof description === 'string' ? { description: description.slice(0, LONGEST_DESCRIPTION) } : {}),
      ...(fits ? { inputSchema } : {}),
    };
  });
  const structuredContent = { tools: shown, message: messageOf(tools.length, cut, searched) };
  const content = [{ type: 'text', text: stringifyExact(structuredContent) }];
  return { jsonrpc: '2.0', id, result: { content, structuredContent } };
}

function messageOf(count: number, cut: readonly string[], { query, servers, unlisted, areListed }: Searched): string {
  const missing = missingOf(unlisted);
  if (count > 0) {
    const how = areListed ? 'or directly: they are listed from now on' : 'by its exact name: they could not be listed';
    const where = areListed ? 'are in tools/list' : 'cannot be shown; a search with a lower limit may show them';
    const long = cut.length === 0 ? [] : [`Input schemas that are too long for here ${where}: ${cut.join(', ')}.`];
    return [`Call one with ${SEARCH_TOOLS.call}, ${how}.`, ...long, ...missing].join(' ');
  }
  const here = servers.length === 0 ? 'There are no servers yet.' : `Servers here: ${named(servers)}.`;
  const advice = 'Try other words for what the tool does or works on, in English, or the name of a server.';
  return [`No tool fits "${query}". ${advice} ${here}`, ...missing].join(' ');
}

/** Only what may be there in a few seconds is worth another search then. */
function missingOf(unlisted: Searched['unlisted']): string[] {
  const say = (why: WhyUnlisted, sentence: (names: string, isOne: boolean) => string): string[] => {
    const names = unlisted.filter((one) => one.why === why).map(({ server }) => server);
    return names.length === 0 ? [] : [sentence(named(names), names.length === 1)];
  };
  return [
    ...say('is learned', (names) => `Not known yet: the tools of ${names}. Search again in a few seconds.`),
    ...say('cannot be reached', (names) => `${names} cannot be reached now.`),
    ...say('waits for login', (names, isOne) => `${names} ${isOne ? 'waits' : 'wait'} for a login in Holdfast.`),
    ...say(
      'waits to be confirmed',
      (names, isOne) => `${names} ${isOne ? 'waits' : 'wait'} to be confirmed in Holdfast.`,
    ),
  ];
}

const named = (names: readonly string[]): string =>
  names.length <= MOST_NAMED ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and more`;

/** An answer that says what to do instead, for a model to read. */
export const insteadResult = (id: RequestId, text: string): JsonRpcResponse => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text }], isError: true },
});

/** Said to whoever calls one of the two while the client has no search. */
export const NO_SEARCH =
  'This client has no search in Holdfast: all tools are in tools/list. Call them by their names.';
export const NO_CALL = `Give the exact name of a tool, as ${SEARCH_TOOLS.search} returned it, and its arguments: {"name": "server__tool", "arguments": {}}.`;
