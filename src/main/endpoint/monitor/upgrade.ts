import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MONITOR_CLOSE } from '../../../shared/contract/monitor-messages';
import { MONITOR_PROTOCOL } from '../../../shared/contract/web';
import type { MonitorHolder } from './credentials';
import type { Position } from './monitor';
import { type ConnectionDeps, type ConnectionQuery, MonitorConnection } from './monitor-connection';

const MAX_MESSAGE = 64 * 1024;
const KEY_PROTOCOL = `${MONITOR_PROTOCOL}.`;

/**
 * Handles the monitor's upgrade requests. The key comes in the `Authorization` header, where a wrong one gets a 401; as a
 * subprotocol, which is all that a browser can set; or in the first message. A browser cannot see the status of a refused
 * upgrade, so in the latter two cases the connection is opened, then closed with a code that says why.
 */
export class MonitorUpgrade {
  private readonly server: WebSocketServer;
  private readonly deps: ConnectionDeps;

  constructor(deps: ConnectionDeps) {
    this.deps = deps;
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: false,
      handleProtocols: (offered) => selectProtocol(offered),
    });
  }

  /**
   * Opens a monitor connection for a request that the guard let through.
   * @throws HoldfastError `unauthorized`, `rate_limited` for a wrong key in the header; the socket still speaks HTTP then
   */
  async open(req: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams): Promise<void> {
    const { authorization } = req.headers;
    const headerHolder = authorization === undefined ? null : await this.deps.credentials.ofHeader(authorization);
    const offeredKey = headerHolder === null ? keyProtocolOf(req) : null;
    let holder: MonitorHolder | null = headerHolder;
    let refusal: unknown = null;
    if (offeredKey !== null) {
      try {
        holder = await this.deps.credentials.require(offeredKey);
      } catch (error) {
        refusal = error;
      }
    }
    this.server.handleUpgrade(req, socket, head, (webSocket: WebSocket) => {
      const connection = new MonitorConnection(webSocket, socket, readQuery(query), holder, this.deps);
      if (refusal !== null) connection.refuse(refusal);
    });
  }

  /** Starts closing every connection because Holdfast is stopping. */
  close(): void {
    this.deps.hub.close();
    for (const socket of this.server.clients) socket.close(MONITOR_CLOSE.goingAway, 'Holdfast is stopping');
  }

  /** Cuts the connections that have not closed by themselves. */
  terminate(): void {
    for (const socket of this.server.clients) socket.terminate();
  }
}

/** Must select a protocol that the browser offered. Prefers the plain name, so that the answer does not repeat a key. */
function selectProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(MONITOR_PROTOCOL)) return MONITOR_PROTOCOL;
  return [...offered].find((protocol) => protocol.startsWith(KEY_PROTOCOL)) ?? false;
}

function keyProtocolOf({ headers }: IncomingMessage): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  return offered.find((protocol) => protocol.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length) ?? null;
}

const readQuery = (query: URLSearchParams): ConnectionQuery => ({
  sessionId: query.get('session_id'),
  since: positionOf(query.get('since')),
  changesOnly: query.get('health') === 'changes',
  batched: query.get('events') === 'batched',
});

/** `<epoch>:<seq>`. A position that cannot be read counts as long gone: the monitor starts with a snapshot. */
function positionOf(text: string | null): Position | null {
  if (text === null) return null;
  const colon = text.lastIndexOf(':');
  const seq = Number(text.slice(colon + 1));
  return { epoch: text.slice(0, Math.max(0, colon)), seq: Number.isSafeInteger(seq) && seq >= 0 ? seq : 0 };
}
