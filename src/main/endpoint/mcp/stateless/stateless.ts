import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { Client } from '../../../../shared/contract/client';
import { serverIn } from '../../../../shared/model/mcp-address';
import type { JsonRpcMessage, RequestId } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import type { Body } from '../http';
import type { Relays } from '../relay/relays';
import { serverOf } from '../transport-access';
import { StatelessBridge } from './stateless-bridge';
import { LEFT, StatelessCall } from './stateless-call';
import { StatelessPass } from './stateless-pass';
import { StatelessSessions } from './stateless-sessions';

/**
 * The leg without sessions (MCP 2026-07-28). Servers that speak this revision get the requests as they are. For all
 * others, the SDK talks to the client, and Holdfast keeps a session on its behalf. Clients are supervised as on the
 * other leg.
 */
export class StatelessLeg {
  private readonly services: Services;
  private readonly relays: Relays;
  private readonly sessions: StatelessSessions;
  private readonly pass: StatelessPass;
  /** By client and address: what is sent to one must not reach another. */
  private readonly bridges = new Map<string, StatelessBridge>();
  private readonly secret: Uint8Array;

  constructor(services: Services, relays: Relays) {
    this.services = services;
    this.relays = relays;
    this.sessions = new StatelessSessions(services);
    this.pass = new StatelessPass(services);
    this.secret = services.random.bytes(32);
  }

  /** Serves one request. `body` is undefined when it has none. */
  async serve(req: IncomingMessage, res: ServerResponse, body: Body | undefined, client: Client): Promise<void> {
    const name = serverOf(req);
    const one = serverIn(name);
    const server = one === null || body === undefined ? null : await this.pass.serverOf(one);
    const message = body?.isArray ? body.values : body?.values[0];
    const call = new StatelessCall(this.services, this.sessions, client, name, res, message);
    res.once('close', () => call.end(LEFT));
    if (server && body) {
      await this.pass.serve(server, req, res, body, call);
      return;
    }
    const bridge = this.bridgeOf(client, name);
    const fetch = async (request: Request): Promise<Response> => {
      const response = await bridge.answer(request, message, call);
      await call.measure(response);
      return call.marks.take(response);
    };
    await toNodeHandler({ fetch })(req, res, message);
  }

  /**
   * Passes what a server sent to a session on its own to the clients that listen. False if it is not a session of this
   * leg.
   * @param ofCall - the call that it belongs to; null if it belongs to none, or that is not known
   */
  said(sessionId: string, message: JsonRpcMessage, ofCall: RequestId | null = null): boolean {
    const key = this.sessions.keyOfSession(sessionId);
    if (key === null) return false;
    this.bridges.get(key)?.said(message, ofCall);
    return true;
  }

  /**
   * Call this when the session of a transport has gone to another client, or the transport to another session: whoever listens
   * there listens anew. Transports of the other leg are left alone.
   */
  sessionChanged(transportId: string): void {
    const key = this.sessions.keyOfTransport(transportId);
    if (key === null) return;
    this.bridges.get(key)?.sessionChanged();
    this.sessions.endStreams(transportId);
  }

  /** Aborts running requests. */
  async close(): Promise<void> {
    this.pass.close();
    await Promise.allSettled([...this.bridges.values()].map((bridge) => bridge.close()));
  }

  private bridgeOf(client: Client, server: string | null): StatelessBridge {
    const key = this.sessions.keyOf(client.client_id, server);
    const known = this.bridges.get(key);
    if (known) return known;
    const made = new StatelessBridge(this.services, this.relays, this.secret);
    this.bridges.set(key, made);
    return made;
  }
}
