import type { IncomingMessage } from 'node:http';
import { isObject, type Params } from './json-rpc';

/** Protocol revisions with sessions, newest first. Revisions compare like their dates, as text. */
const SESSIONFUL = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** First revision without sessions. */
const FIRST_STATELESS = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Drafts before the first revision, which servers of that time still name; nothing that Holdfast does differs in them. */
const DRAFTS = ['2024-10-07'];

/** What is wrong with a server that answers `initialize` with this revision, after its name; null when nothing is. */
export function versionProblem(said: string): string | null {
  if ([...SESSIONFUL, ...DRAFTS].includes(said)) return null;
  const named = JSON.stringify(said.slice(0, 40));
  return `answered initialize with the protocol version ${named}; Holdfast knows ${SESSIONFUL.join(', ')}`;
}

/** The revision to go on with: the one asked for, or else our newest (MCP 2025-11-25, lifecycle, version negotiation). */
export const negotiate = (asked: string): string => SESSIONFUL.find((version) => version === asked) ?? SESSIONFUL[0];

/**
 * The revision to go on with when the server behind has answered as well: its own, where it is older than what the client
 * was to get and we serve it. One that is shared may have been initialized with a newer one than this client knows.
 */
export const agreedVersion = (offered: string, said: string): string =>
  said < offered && SESSIONFUL.some((version) => version === said) ? said : offered;

/** The one revision in which a body may hold several messages (MCP 2025-03-26, transports). */
export const allowsBatches = (version: string): boolean => version === '2025-03-26';

/** Whether streams begin with a priming event; older clients take its empty data for a broken message. */
export const allowsPriming = (version: string): boolean => version >= '2025-11-25';

/** Whether `MCP-Protocol-Version` is left out or names a revision with sessions. */
export function hasServableVersion(req: IncomingMessage): boolean {
  const header = req.headers['mcp-protocol-version'];
  return header === undefined || SESSIONFUL.some((version) => version === header);
}

/** Whether the request belongs to the revisions without sessions: by its envelope, its method or its header. */
export function isStatelessEra(req: IncomingMessage, body: unknown): boolean {
  if (isObject(body) && (body.method === 'server/discover' || hasEnvelope(body.params))) return true;
  const header = req.headers['mcp-protocol-version'];
  return typeof header === 'string' && header >= FIRST_STATELESS;
}

const hasEnvelope = (params: unknown): boolean => {
  const meta = isObject(params) ? (params as Params)._meta : undefined;
  return isObject(meta) && VERSION_KEY in meta;
};
