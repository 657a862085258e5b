import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { MONITOR_CLOSE, type MonitorCommand, monitorCommandSchema } from '../../../shared/contract/monitor-messages';
import { ERRORS, HoldfastError, RECONNECT_FAILURES } from '../../../shared/errors';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Services } from '../../services';
import type { RateLimit } from '../rate-limits';
import { retryAfterSeconds } from '../refusal';
import type { MonitorCredentials, MonitorHolder } from './credentials';
import { encode } from './frames';
import type { MonitorHub } from './hub';
import { Monitor, type Position } from './monitor';
import { seesAll } from './scope';

/** How long a connection may stay open without a key. */
const AUTH_WITHIN: Ms = 2 * SECOND;
/** A returning monitor sends its position right away; one that stays silent this long starts with a snapshot. */
const SINCE_WITHIN: Ms = 100;

/** What the URL of the connection asked for. */
export interface ConnectionQuery {
  readonly sessionId: string | null;
  readonly since: Position | null;
  readonly changesOnly: boolean;
  readonly batched: boolean;
}

export interface ConnectionDeps {
  readonly services: Services;
  readonly hub: MonitorHub;
  readonly credentials: MonitorCredentials;
  /** Limits commands, together with the caller's other requests. */
  readonly requests: RateLimit;
  /** Called with the socket of a connection whose key is valid, and the hash of a client's key. */
  known(socket: Duplex, keyHash: string | null): void;
}

/**
 * The conversation on one monitor WebSocket. It becomes a {@link Monitor} once its key is known, and handles one command at
 * a time. A command that is not understood gets an error, never a guess.
 */
export class MonitorConnection {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly query: ConnectionQuery;
  private readonly deps: ConnectionDeps;
  private holder: MonitorHolder | null = null;
  private monitor: Monitor | null = null;
  private work: Promise<void> = Promise.resolve();
  private cancelTimer: () => void;

  /** @param holder - null if the key is to come in the first message */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    query: ConnectionQuery,
    holder: MonitorHolder | null,
    deps: ConnectionDeps,
  ) {
    this.socket = socket;
    this.stream = stream;
    this.query = query;
    this.deps = deps;
    socket.on('error', (error) => deps.services.log.info({ err: error }, 'a monitor broke the protocol'));
    socket.on('close', () => this.closed());
    socket.on('message', (data, isBinary) => this.enqueue(data, isBinary));
    socket.on('pong', () => this.showedLife());
    this.cancelTimer = deps.services.timers.after(AUTH_WITHIN, () => this.refuse(new HoldfastError('unauthorized')));
    if (holder !== null) this.admit(holder, query.since);
  }

  /** Says why the connection is refused, and closes it. */
  refuse(error: unknown): void {
    const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
    this.cancelTimer();
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(encode({ type: 'error', detail: known.message }), { binary: false });
    const { status } = ERRORS[known.code];
    if (status === ERRORS.session_not_found.status) this.socket.close(MONITOR_CLOSE.notFound, known.code);
    else if (status >= 500) this.socket.close(MONITOR_CLOSE.failed, known.code);
    else this.socket.close(MONITOR_CLOSE.unauthorized, known.code);
  }

  private admit(holder: MonitorHolder, since: Position | null): void {
    this.cancelTimer();
    const { hub, services } = this.deps;
    this.deps.known(this.stream, holder.keyHash);
    const { principal, name } = holder;
    try {
      const scope = {
        clientId: principal.kind === 'admin' ? null : principal.client.client_id,
        sessionId: this.boundSession(holder),
      };
      const { changesOnly } = this.query;
      // What only some may see is told apart by the messages about it.
      const batched = this.query.batched && seesAll(scope);
      const monitor = new Monitor(this.socket, this.stream, { scope, name, changesOnly, batched }, hub.sources);
      this.holder = holder;
      this.monitor = monitor;
      hub.add(monitor);
      if (since !== null) monitor.begin(since);
      else this.cancelTimer = services.timers.after(SINCE_WITHIN, () => this.beginLate());
    } catch (error) {
      this.refuse(error);
    }
  }

  /** @throws HoldfastError `session_not_found` */
  private boundSession({ principal, sessionId }: MonitorHolder): string | null {
    const asked = this.query.sessionId;
    if (sessionId !== null && asked !== null && sessionId !== asked) throw new HoldfastError('session_not_found');
    const bound = sessionId ?? asked;
    return bound === null ? null : this.deps.services.manager.get(bound, principal).session_id;
  }

  private begin(): void {
    this.cancelTimer();
    if (this.monitor?.hasBegun === false) this.monitor.begin(null);
  }

  private beginLate(): void {
    try {
      this.begin();
    } catch (error) {
      this.fail(error);
    }
  }

  private showedLife(): void {
    if (this.monitor) this.monitor.isAlive = true;
  }

  private closed(): void {
    this.cancelTimer();
    if (this.monitor) this.deps.hub.remove(this.monitor);
  }

  private enqueue(data: RawData, isBinary: boolean): void {
    this.showedLife();
    // Until this command is done, further ones stay in the sender's own buffers.
    this.socket.pause();
    this.work = this.work
      .then(() => this.take(data, isBinary))
      .catch((error) => this.fail(error))
      .then(() => this.socket.resume());
  }

  private fail(error: unknown): void {
    this.deps.services.log.error({ err: error }, 'a monitor command failed');
    this.refuse(error);
  }

  private async take(data: RawData, isBinary: boolean): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const command = isBinary ? null : parse(String(data));
    if (this.holder === null || this.monitor === null) {
      await this.authenticate(command);
      return;
    }
    if (command?.type !== 'ping') {
      const wait = await this.deps.requests.take(this.holder.name);
      if (wait !== null) {
        this.answerError(`${ERRORS.rate_limited.sentence} It is over in ${Math.ceil(wait / SECOND)} s.`);
        return;
      }
    }
    await this.obey(command, this.monitor, this.holder);
  }

  private async authenticate(command: MonitorCommand | null): Promise<void> {
    if (command?.type !== 'auth') {
      this.refuse(new HoldfastError('unauthorized', 'Send {"type":"auth","key":"<client key>"} first.'));
      return;
    }
    try {
      this.admit(await this.deps.credentials.require(command.key), command.since ?? this.query.since);
    } catch (error) {
      this.refuse(error);
    }
  }

  private async obey(command: MonitorCommand | null, monitor: Monitor, holder: MonitorHolder): Promise<void> {
    if (command?.type === 'since') {
      this.cancelTimer();
      monitor.begin(command);
      return;
    }
    // The hello comes before every other answer.
    const isFirst = !monitor.hasBegun;
    this.begin();
    switch (command?.type) {
      case 'snapshot':
        if (!isFirst) monitor.sendSnapshot();
        break;
      case 'ping':
        monitor.reply({ type: 'pong' });
        break;
      case 'reconnect':
        await this.reconnect(command, monitor, holder);
        break;
      case 'auth':
        this.answerError('This connection is authenticated already. Open another one to use another key.');
        break;
      default:
        this.answerError(NOT_UNDERSTOOD);
    }
  }

  private async reconnect(
    { session_id, reconnect_token }: Extract<MonitorCommand, { type: 'reconnect' }>,
    monitor: Monitor,
    { principal }: MonitorHolder,
  ): Promise<void> {
    const { manager, log } = this.deps.services;
    try {
      const { sessionId } = monitor.scope;
      if (sessionId !== null && sessionId !== session_id) throw new HoldfastError('session_not_found');
      const { reconnect_count, expires_in_minutes, ...issued } = await manager.reconnectSession({
        session_id,
        principal,
        token: reconnect_token,
        door: 'websocket',
        transport_id: null,
      });
      monitor.reply({
        type: 'reconnect_result',
        session_id,
        success: true,
        detail: 'Session reconnected',
        reconnect_count,
        expires_in_minutes,
        reconnect_token: issued.reconnect_token,
      });
    } catch (error) {
      const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
      if (known !== error) log.error({ err: error }, 'a reconnect failed');
      const detail = known.code in RECONNECT_FAILURES ? `Reconnection failed: ${known.code}` : known.message;
      const wait = known.retryAfter === undefined ? {} : { retry_after: retryAfterSeconds(known) };
      monitor.reply({ type: 'reconnect_result', session_id, success: false, detail, ...wait });
    }
  }

  private answerError(detail: string): void {
    this.monitor?.reply({ type: 'error', detail });
  }
}

const NOT_UNDERSTOOD =
  'This message was not understood. Send JSON text of type "since", "snapshot", "reconnect" or "ping"; see /api/docs.';

function parse(text: string): MonitorCommand | null {
  try {
    return monitorCommandSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
