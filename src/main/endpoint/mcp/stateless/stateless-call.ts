import type { ServerResponse } from 'node:http';
import type { Client } from '../../../../shared/contract/client';
import type { Params } from '../../../mcp/json-rpc';
import { isObject } from '../../../mcp/json-rpc';
import type { Caller } from '../../../mcp/server-channel';
import { randomText } from '../../../platform/random-text';
import type { Services } from '../../../services';
import { authInfoOf } from '../own-tools/sdk-channel';
import { NumberMarks } from './number-marks';
import { RESERVED } from './stateless-messages';
import type { StatelessSessions } from './stateless-sessions';

const MAX_NAME = 200;

type Finish = ReturnType<Services['manager']['requestStarted']>;

/**
 * One request of the stateless era under supervision: its session, and either its measurement or the stream it opens.
 */
export class StatelessCall {
  /** Passed through the SDK to the server factory and to the tools. */
  readonly authInfo: ReturnType<typeof authInfoOf>;
  private readonly services: Services;
  private readonly sessions: StatelessSessions;
  readonly client: Client;
  readonly marks: NumberMarks;
  /** Name of the server in the address; null at the address of all servers. */
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
    this.marks = new NumberMarks(randomText(services.random, 12));
    this.authInfo = authInfoOf({ client, transport_id: '' });
    Object.assign(this.authInfo.extra, { call: this });
  }

  /** Binds the request to its session. Call this once it is known to be valid and is about to be served. */
  begin(): void {
    const { method, id } = this.message;
    // Asking what we can do does not count as use.
    if (method === 'server/discover') return;
    const isListen = method === 'subscriptions/listen';
    const clientInfo = this.meta[RESERVED.clientInfo];
    const transport_id = this.sessions.enter(this.client, this.server, clientInfo, id !== undefined && !isListen);
    this.transportId = transport_id;
    const { manager } = this.services;
    if (isListen) this.res.once('close', manager.streamOpened(transport_id));
    else if (id !== undefined) this.finish = manager.requestStarted(transport_id);
  }

  /** Records whether the request succeeded. */
  async measure(response: Response): Promise<void> {
    if (!this.finish) return;
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const answer: unknown = isJson ? await response.clone().json() : {};
    const failed =
      isObject(answer) && (answer.error !== undefined || (isObject(answer.result) && answer.result.isError));
    this.end(response.ok && !failed);
  }

  /** Ends the measurement of the request. Further calls do nothing. */
  end(ok: boolean): void {
    const name = this.params.name ?? this.params.uri;
    this.finish?.({
      method: this.method,
      name: typeof name === 'string' ? name.slice(0, MAX_NAME) : null,
      ok,
    });
    this.finish = null;
  }

  /**
   * The caller, with the transport that all the client's requests at this address share. Does not bind it to a session.
   */
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

  /** The capabilities that the client declares. */
  get capabilities(): Params {
    const declared = this.meta[RESERVED.capabilities];
    return isObject(declared) ? declared : {};
  }

  get params(): Params {
    return isObject(this.message.params) ? this.message.params : {};
  }
}
