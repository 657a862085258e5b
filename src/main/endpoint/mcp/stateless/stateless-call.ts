import type { ServerResponse } from 'node:http';
import type { Client } from '../../../../shared/contract/client';
import type { Ms } from '../../../../shared/model/units';
import type { Arrival, Ending, OpenActivity, ServedBy } from '../../../activity/activity-log';
import {
  isObject,
  isRequestId,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  traceparentIn,
} from '../../../mcp/json-rpc';
import { sizeOf } from '../../../mcp/message-text';
import type { Caller } from '../../../mcp/server-channel';
import { randomText } from '../../../platform/random-text';
import type { Services } from '../../../services';
import type { News } from '../../../sessions/handover/lost-owners';
import { endingOf, FAILED, OK } from '../ending';
import { needsItsServers } from '../lost-session';
import { isReconnect } from '../own-tools/own-tool-names';
import { authInfoOf } from '../own-tools/sdk-channel';
import { realCall } from '../search/real-call';
import { NumberMarks } from './number-marks';
import { RESERVED } from './stateless-messages';
import type { StatelessSessions } from './stateless-sessions';

const MAX_NAME = 200;
/** Its client left before it was answered. */
export const LEFT: Ending = { outcome: 'cancelled' };

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
  /** When the request came, in monotonic time. */
  readonly arrived: Ms;
  /** Name of the server in the address; null at the address of all servers. */
  readonly server: string | null;
  private readonly res: ServerResponse;
  private readonly message: Record<string, unknown>;
  private finish: Finish | null = null;
  private activity: OpenActivity | null = null;
  private said: Ending | null = null;
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
    this.arrived = services.clock.monotonic();
    this.sessions = sessions;
    this.client = client;
    this.server = server;
    this.res = res;
    this.message = isObject(body) ? realCall(body, client.client_id, server, services) : {};
    this.marks = new NumberMarks(randomText(services.random, 12));
    this.authInfo = authInfoOf({ client, transport_id: '' });
    Object.assign(this.authInfo.extra, { call: this });
  }

  /**
   * Binds the request to its session. Call this once it is known to be valid and is about to be served.
   *
   * @param by - the server, when it is known already
   */
  begin(by: ServedBy | null = null): void {
    const { method, id } = this.message;
    // Asking what we can do does not count as use.
    if (method === 'server/discover') return;
    const isListen = method === 'subscriptions/listen';
    const clientInfo = this.meta[RESERVED.clientInfo];
    const isWork = id !== undefined && !isListen && !isReconnect(this, this.server);
    const transport_id = this.sessions.enter(this.client, this.server, clientInfo, isWork);
    this.transportId = transport_id;
    const { manager } = this.services;
    if (isListen) {
      this.res.once('close', manager.streamOpened(transport_id));
      this.res.once(
        'close',
        this.sessions.listens(transport_id, () => this.res.destroy()),
      );
    } else if (id !== undefined) {
      this.finish = manager.requestStarted(transport_id);
      const arrival: Arrival = {
        session_id: manager.findTransport(transport_id, this.client.client_id)?.session_id ?? null,
        transport_id,
        client_id: this.client.client_id,
        direction: 'to_server',
        method: this.method,
        name: this.name,
        bytes_in: sizeOf(this.message),
        message: this.message,
        traceparent: traceparentIn(this.params),
      };
      this.activity = this.services.activity.begin(arrival, by);
    }
  }

  /** Records whether the request succeeded. */
  async measure(response: Response): Promise<void> {
    if (!this.finish) return;
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const text = isJson ? await response.clone().text() : '{}';
    const answer: unknown = JSON.parse(text);
    const ending = isObject(answer) ? endingOf(answer as unknown as JsonRpcResponse) : OK;
    this.end(response.ok ? ending : FAILED, isJson ? Buffer.byteLength(text) : 0);
  }

  /**
   * What the client has to be told in place of this call, because another client has taken its session over; null if there is
   * nothing. Resolves when it is to be told.
   */
  async news(): Promise<News | null> {
    if (!this.finish) return null;
    const { manager, timers } = this.services;
    const record = manager.findTransport(this.caller().transport_id, this.client.client_id);
    if (!record || !needsItsServers(this, this.server)) return null;
    const news = manager.takeNews(record, this.client);
    if (news) await new Promise<void>((resolve) => timers.after(news.in, resolve));
    return news;
  }

  /** The server has answered, though the client may get it in another form. */
  answered(response: JsonRpcResponse): void {
    this.said = endingOf(response);
  }

  /** Ends the measurement of the request. Further calls do nothing. */
  end(ending: Ending, bytes_out = 0): void {
    const { method, name } = this;
    const became = this.said ?? ending;
    const { outcome } = became;
    // As in a session of the other leg, a call that was given up is no call, and so no failure.
    this.finish?.(
      outcome === 'cancelled' ? null : { method, name: this.services.activity.shownName(name), ok: outcome === 'ok' },
    );
    this.finish = null;
    this.activity?.end({ ...became, bytes_out });
    this.activity = null;
  }

  /** Says under which id the request goes to its server. */
  sentAs(callId: RequestId): void {
    this.activity?.sentAs(callId);
  }

  /** Whether answers are worth looking at for what is in them. */
  get recordsContents(): boolean {
    return this.services.activity.recordsContents;
  }

  /** Something is sent ahead of the answer. */
  answering(): void {
    this.activity?.answering();
  }

  /**
   * The caller, with the transport that all the client's requests at this address share. Does not bind it to a session.
   */
  caller(): Caller {
    this.transportId ??= this.sessions.transportOf(this.client, this.server, this.meta[RESERVED.clientInfo]);
    return { client: this.client, transport_id: this.transportId };
  }

  /** The session that it is bound to; null if it is bound to none. */
  get sessionId(): string | null {
    if (this.transportId === null) return null;
    return this.services.manager.findTransport(this.transportId, this.client.client_id)?.session_id ?? null;
  }

  /** Undefined for a notification. */
  get id(): RequestId | undefined {
    return isRequestId(this.message.id) ? this.message.id : undefined;
  }

  get method(): string {
    return String(this.message.method);
  }

  /** The tool, prompt or resource that it names. */
  get name(): string | null {
    const name = this.params.name ?? this.params.uri;
    return typeof name === 'string' ? name.slice(0, MAX_NAME) : null;
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
