import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { isTransportId } from '../../../shared/model/ids';
import type { McpAddress } from '../../../shared/model/mcp-address';
import type { Ms } from '../../../shared/model/units';
import { hasServableVersion } from '../../mcp/protocol-versions';
import type { Services } from '../../services';
import { goneTo } from '../../sessions/handover/where-it-went';
import type { TransportRecord } from '../../sessions/session-ports';
import { realPeerOf } from '../real-peer';
import { Refused } from './http';

const DECIDE_EVERY: Ms = 100;

/** What the path behind `/mcp` names. */
export function serverOf(req: IncomingMessage): McpAddress {
  const path = (req.url ?? '').split('?')[0] ?? '';
  const name = path.replace(/^\/mcp\/*/, '').replace(/\/+$/, '');
  return name === '' ? null : name;
}

/**
 * The transport that a request names in `Mcp-Session-Id`.
 * @throws HoldfastError `session_not_found` unless it is alive, belongs to this client and was opened at this address
 * @throws Refused when the id is missing or the protocol version is unsupported
 */
export function transportOf({ manager }: Services, req: IncomingMessage, client: Client): TransportRecord {
  const named = req.headers['mcp-session-id'];
  if (named === undefined) {
    throw new Refused(
      400,
      'Mcp-Session-Id is missing. Send initialize first, and from then on the id it answers with.',
    );
  }
  const isOurs = typeof named === 'string' && isTransportId(named);
  const record = isOurs ? manager.findTransport(named, client.client_id) : null;
  if (isOurs && record === null) {
    const went = manager.wentTo(named, client.client_id);
    if (went) throw new HoldfastError('session_not_found', goneTo(went));
  }
  if (record?.era !== 'sessionful' || record.server !== serverOf(req)) throw new HoldfastError('session_not_found');
  if (!hasServableVersion(req)) {
    throw new Refused(
      400,
      `This MCP-Protocol-Version is not supported. Send ${record.protocol_version}, as negotiated.`,
    );
  }
  return record;
}

/**
 * Waits until it is clear which session a new transport belongs to: until its process is known, and for a few seconds
 * after a restart.
 * @returns false when the client has left meanwhile
 */
export async function isDecided(
  { manager, clientProcesses }: Services,
  record: TransportRecord,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<boolean> {
  await clientProcesses.known(record, req, realPeerOf(req.socket).port);
  while (manager.undecidedFor(record.transport_id) > 0 && !res.destroyed) {
    await delay(DECIDE_EVERY);
  }
  return !res.destroyed;
}
