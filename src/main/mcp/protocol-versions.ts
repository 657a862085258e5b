import type { IncomingMessage } from 'node:http';
import { isObject, type Params } from './json-rpc';

/** Protocol revisions with sessions, newest first. Revisions are dates, so they compare as text. */
const SESSIONFUL = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** First revision without sessions. */
const FIRST_STATELESS = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Drafts before the first revision, still named by old servers. They differ in nothing that Holdfast uses. */
const DRAFTS = ['2024-10-07'];

/**
 * Why a server's protocol version in its answer to `initialize` is unusable; null if it is fine. The text continues a
 * sentence that starts with the server's name.
 */
export function versionProblem(said: string): string | null {
  if ([...SESSIONFUL, ...DRAFTS].includes(said)) return null;
  const named = JSON.stringify(said.slice(0, 40));
  return `answered initialize with the protocol version ${named}; Holdfast knows ${SESSIONFUL.join(', ')}`;
}

/** The revision to use: the requested one, or else our newest (MCP 2025-11-25, lifecycle, version negotiation). */
export const negotiate = (asked: string): string => SESSIONFUL.find((version) => version === asked) ?? SESSIONFUL[0];

/**
 * The revision to give the client once the upstream server has answered too: the server's if we support it and it is
 * older than `offered`, otherwise `offered`. A shared server may have been initialized with a newer revision than this
 * client knows.
 */
export const agreedVersion = (offered: string, said: string): string =>
  said < offered && SESSIONFUL.some((version) => version === said) ? said : offered;

/** Whether a body may hold several messages, which only revision 2025-03-26 allows (transports). */
export const allowsBatches = (version: string): boolean => version === '2025-03-26';

/** Whether a priming event may have empty data. Older clients mistake that for a broken message. */
export const allowsEmptyEvents = (version: string): boolean => version >= '2025-11-25';

/** Whether `MCP-Protocol-Version` is absent or names a revision with sessions. */
export function hasServableVersion(req: IncomingMessage): boolean {
  const header = req.headers['mcp-protocol-version'];
  return header === undefined || SESSIONFUL.some((version) => version === header);
}

/** Whether the envelope, method or header of the request marks it as one of the revisions without sessions. */
export function isStatelessEra(req: IncomingMessage, body: unknown): boolean {
  if (isObject(body) && (body.method === 'server/discover' || hasEnvelope(body.params))) return true;
  const header = req.headers['mcp-protocol-version'];
  return typeof header === 'string' && header >= FIRST_STATELESS;
}

const hasEnvelope = (params: unknown): boolean => {
  const meta = isObject(params) ? (params as Params)._meta : undefined;
  return isObject(meta) && VERSION_KEY in meta;
};
