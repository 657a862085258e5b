import type { Server } from '../../../../shared/contract/server';
import { ownValue } from '../../../../shared/model/own-value';
import {
  lastErrorOf,
  memoryOf,
  POLICY_WORDS,
  processCount,
  processorOf,
  stateLook,
} from '../../../format/server-words';

/** The order of the list: a column's id, and whether the largest comes first. */
export interface ServerOrder {
  readonly column: string;
  readonly desc: boolean;
}

/** What waits for the user first: a login, a confirmation, then what failed; what is switched off last. */
const STATE_ORDER: Readonly<Record<Server['state'], number>> = {
  needs_login: 0,
  untrusted: 1,
  broken: 2,
  circuit_open: 3,
  waiting: 4,
  starting: 5,
  running: 6,
  stopped: 7,
  disabled: 8,
};

/** What each column is sorted by. */
const KEYS: Readonly<Record<string, (server: Server) => string | number>> = {
  name: ({ name }) => name.toLowerCase(),
  state: (server) => STATE_ORDER[server.state],
  policy: ({ policy }) => POLICY_WORDS[policy],
  sessions: ({ sessions_using }) => sessions_using,
  processes: processCount,
  memory: (server) => memoryOf(server) ?? -1,
  processor: (server) => processorOf(server) ?? -1,
  error: ({ last_error_at }) => last_error_at ?? 0,
};
const ASCENDING_FIRST: ReadonlySet<string> = new Set(['name', 'state', 'policy']);

const DEFAULT_ORDER: ServerOrder = { column: 'state', desc: false };

/** Parses the order in the URL: `memory:desc`. An unknown column means the default: what needs the user first. */
export function parseServerOrder(text: string | undefined): ServerOrder {
  const [column = '', direction] = (text ?? '').split(':');
  return Object.hasOwn(KEYS, column) ? { column, desc: direction === 'desc' } : DEFAULT_ORDER;
}

/** Writes the order for the URL; empty for the default. */
export const serverOrderText = ({ column, desc }: ServerOrder): string =>
  column === DEFAULT_ORDER.column && desc === DEFAULT_ORDER.desc ? '' : `${column}:${desc ? 'desc' : 'asc'}`;

/** The order after a click on a column header: reversed, or by this column in its first direction. */
export const serverOrderBy = (column: string, order: ServerOrder): ServerOrder =>
  order.column === column ? { column, desc: !order.desc } : { column, desc: !ASCENDING_FIRST.has(column) };

/** The servers in order; ties are in the order of their names in either direction. */
export function serversInOrder(servers: readonly Server[], { column, desc }: ServerOrder): readonly Server[] {
  const key = ownValue(KEYS, column) ?? (() => 0);
  const way = desc ? -1 : 1;
  return servers.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -way : left > right ? way : a.name.localeCompare(b.name);
  });
}

/**
 * The servers that contain every word of the filter: in their name, command, address, policy, state or last error.
 */
export function serversMatching(servers: readonly Server[], filter: string): readonly Server[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return servers;
  return servers.filter((server) => {
    const { name, command, args, url, policy } = server;
    const text = [name, command, ...args, url, POLICY_WORDS[policy], stateLook(server).word, lastErrorOf(server)]
      .filter(Boolean)
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The rows in the places that they had. Those that are new follow in their own order, at the end. */
export function inKeptOrder(rows: readonly Server[], kept: readonly string[]): readonly Server[] {
  const place = new Map(kept.map((name, index) => [name, index]));
  return rows
    .map((server, index) => ({ server, at: place.get(server.name) ?? kept.length + index }))
    .sort((a, b) => a.at - b.at)
    .map(({ server }) => server);
}
