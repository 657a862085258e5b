import { said } from '../messages/said';
import { SERVER_NAME } from './server-rules';

/**
 * What the path behind `/mcp` names, as transports and sessions keep it (their field `server`): null for all servers, the
 * name of one server, or `set/NAME`. No server's name has a slash, so the three cannot be confused.
 */
export type McpAddress = string | null;

const SET = 'set/';

/** The address of a set, as it is kept; its path is `/mcp/` and this. */
export const addressOfSet = (set: string): McpAddress => `${SET}${set}`;

/** The set that an address names; null if it names none. */
export const setIn = (address: McpAddress): string | null =>
  address?.startsWith(SET) ? address.slice(SET.length) : null;

/** The one server that an address names; null if it leads to several. */
export const serverIn = (address: McpAddress): string | null => (isOfMany(address) ? null : address);

/** Whether several servers and Holdfast's own tools are presented as one server here. */
export const isOfMany = (address: McpAddress): boolean => address === null || setIn(address) !== null;

/** Rules for the name of a set, which becomes part of an address. */
export const SET_NAME = {
  longest: SERVER_NAME.longest,
  tooLong: said('said.name.set_too_long'),
  pattern: SERVER_NAME.pattern,
  wrong: said('said.name.set_wrong'),
} as const;
