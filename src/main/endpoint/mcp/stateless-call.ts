import type { ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import { isObject } from '../../mcp/json-rpc';
import type { Services } from '../../services';
import { authInfoOf } from './sdk-end';
import type { StatelessSessions } from './stateless-sessions';

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const MAX_NAME = 200;

type Finish = ReturnType<Services['manager']['requestStarted']>;

/** One request of the stateless era under supervision: its session, its measurement, or the stream that it opens. */
export class StatelessCall {
  /** Travels through the SDK to the server factory and to the tools. */
  readonly authInfo: ReturnType<typeof authInfoOf>;
  private readonly services: Services;
  private readonly sessions: StatelessSessions;
  private readonly client: Client;
  private readonly server: string | null;
  private readonly res: ServerResponse;
  private readonly message: Record<string, unknown>;
  private finish: Finish | null = null;

  /** @param server - the one server that its address names; null at the address of all */
  constructor(
    services: Services,
    sessions: StatelessSessions,
    client: Client,
    server: string | null,
    res: ServerResponse,
    body: unknown,
  ) {
    this.services = services;
    this.sessions = sessions;
    this.client = client;
    this.server = server;
    this.res = res;
    this.message = isObject(body) ? body : {};
    this.authInfo = authInfoOf({ client, transport_id: '' });
    Object.assign(this.authInfo.extra, { call: this });
  }

  /** The request is valid and about to be served: binds it to its session. */
  begin(): void {
    const { method, id } = this.message;
    // Asking what we can do is no use of it.
    if (method === 'server/discover') return;
    const isListen = method === 'subscriptions/listen';
    const meta = this.params._meta;
    const clientInfo = isObject(meta) ? meta[CLIENT_INFO] : null;
    const transport_id = this.sessions.enter(this.client, this.server, clientInfo, id !== undefined && !isListen);
    Object.assign(this.authInfo.extra, { caller: { client: this.client, transport_id } });
    const { manager } = this.services;
    if (isListen) this.res.once('close', manager.streamOpened(transport_id));
    else if (id !== undefined) this.finish = manager.requestStarted(transport_id);
  }

  /** Notes how the request was answered. */
  async measure(response: Response): Promise<void> {
    if (!this.finish) return;
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const answer: unknown = isJson ? await response.clone().json() : {};
    const failed =
      isObject(answer) && (answer.error !== undefined || (isObject(answer.result) && answer.result.isError));
    this.end(response.ok && !failed);
  }

  /** The request is over. A second call does nothing. */
  end(ok: boolean): void {
    const name = this.params.name ?? this.params.uri;
    this.finish?.({
      method: String(this.message.method),
      name: typeof name === 'string' ? name.slice(0, MAX_NAME) : null,
      ok,
    });
    this.finish = null;
  }

  private get params(): Record<string, unknown> {
    return isObject(this.message.params) ? this.message.params : {};
  }
}
