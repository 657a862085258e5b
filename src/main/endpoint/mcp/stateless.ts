import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import type { Client } from '../../../shared/contract/client';
import type { Services } from '../../services';
import { createOwnServer } from './own-tools';
import { StatelessCall } from './stateless-call';
import { StatelessPass } from './stateless-pass';
import { StatelessSessions } from './stateless-sessions';
import { serverOf } from './transport-access';

/**
 * The leg without sessions (MCP 2026-07-28), by the SDK. It keeps nothing between requests; what lasts is named by handles
 * in tool arguments. Its clients are supervised like all others.
 */
export class StatelessLeg {
  private readonly services: Services;
  private readonly sessions: StatelessSessions;
  private readonly pass: StatelessPass;
  private readonly handler: McpHttpHandler;

  constructor(services: Services) {
    this.services = services;
    this.sessions = new StatelessSessions(services);
    this.pass = new StatelessPass(services);
    this.handler = createMcpHandler(
      ({ authInfo }) => {
        // Called when a request has passed every check: what is refused leaves no trace in a session.
        const call = authInfo?.extra?.call;
        if (!(call instanceof StatelessCall)) throw new Error('the request came in without its call');
        call.begin();
        return createOwnServer(services);
      },
      {
        legacy: 'reject',
        onerror: (error) => services.log.debug({ err: error }, 'a stateless MCP request was refused'),
      },
    );
  }

  /**
   * Serves one request. `body` is its parsed body, undefined when it has none.
   * @returns false, with nothing done, when its address names a server that knows sessions alone
   */
  async serve(req: IncomingMessage, res: ServerResponse, body: unknown, client: Client): Promise<boolean> {
    const name = serverOf(req);
    const server = name === null ? null : await this.pass.serverOf(name);
    if (name !== null && !server) return false;
    const call = new StatelessCall(this.services, this.sessions, client, name, res, body);
    res.once('close', () => call.end(false));
    if (server) {
      await this.pass.serve(server, req, res, body, call);
      return true;
    }
    const fetch = async (request: Request): Promise<Response> => {
      const response = await this.handler.fetch(request, { authInfo: call.authInfo, parsedBody: body });
      await call.measure(response);
      return response;
    };
    await toNodeHandler({ fetch })(req, res, body);
    return true;
  }

  /** Aborts what runs. */
  close(): Promise<void> {
    this.pass.close();
    return this.handler.close();
  }
}
