import type { ServerResponse } from 'node:http';
import type { Client } from '../../../../shared/contract/client';
import type { Params } from '../../../mcp/json-rpc';
import { isObject } from '../../../mcp/json-rpc';
import type { Caller } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import { authInfoOf } from '../own-tools/sdk-channel';
import { RESERVED } from './stateless-messages';
import type { StatelessSessions } from './stateless-sessions';

const MAX_NAME = 200;

type Finish = ReturnType<Services['manager']['requestStarted']>;

/** One request of the stateless era under supervision: its session, its measurement, or the stream that it opens. */
export class StatelessCall {
  /** Travels through the SDK to the server factory and to the tools. */
  readonly authInfo: ReturnType<typeof authInfoOf>;
  private readonly services: Services;
  private readonly sessions: StatelessSessions;
  readonly client: Client;
  /** The one server that its address names; null at the address of all. */
  readonly server: string | null;
  private readonly res: ServerResponse;
  private readonly message: Record<string, unknown>;
  private finish: Finish | null = null;
  private transportId: string | null = null;

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
    const clientInfo = this.meta[RESERVED.clientInfo];
    const transport_id = this.sessions.enter(this.client, this.server, clientInfo, id !== undefined && !isListen);
    this.transportId = transport_id;
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
      method: this.method,
      name: typeof name === 'string' ? name.slice(0, MAX_NAME) : null,
      ok,
    });
    this.finish = null;
  }

  /** Who calls: by the transport that stands for all requests of the client, which without work is bound to no session. */
  caller(): Caller {
    this.transportId ??= this.sessions.transportOf(this.client, this.server, this.meta[RESERVED.clientInfo]);
    return { client: this.client, transport_id: this.transportId };
  }

  get method(): string {
    return String(this.message.method);
  }

  get meta(): Params {
    return isObject(this.params._meta) ? this.params._meta : {};
  }

  /** What the client says that it can do. */
  get capabilities(): Params {
    const declared = this.meta[RESERVED.capabilities];
    return isObject(declared) ? declared : {};
  }

  get params(): Params {
    return isObject(this.message.params) ? this.message.params : {};
  }
}
