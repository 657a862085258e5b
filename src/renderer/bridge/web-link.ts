import type { MonitorMessage } from '../../shared/contract/monitor-messages';
import type { StreamMessage } from '../../shared/contract/stream';
import { WEB } from '../../shared/contract/web';
import { HoldfastError } from '../../shared/errors';
import { t } from '../../shared/messages/language';
import { whatWasSaid } from '../../shared/messages/what-was-said';
import { type Ms, SECOND } from '../../shared/model/units';
import type { BridgeListener, ConnectionInfo, ConnectionState } from './bridge';
import { Backoff } from './web-backoff';
import type { WebEnvironment } from './web-environment';
import { SIGN_IN_SENTENCE, type WebSession } from './web-session';
import { MonitorSocket, type Position } from './web-socket';

/** Without a WebSocket for this long, or after this many attempts, the page polls. */
const POLL_AFTER: Ms = 5 * SECOND;
const POLL_AFTER_TRIES = 3;
const POLL_EVERY: Ms = 10 * SECOND;
/** A connection that lasts this long is a good one: the next wait is short again. */
const HEALTHY_AFTER: Ms = 30 * SECOND;
const SILENT_FOR: Ms = 15 * SECOND;
/** Minimum time between reports of the data's age, so that a busy stream does not redraw the header all the time. */
const TELL_EVERY: Ms = SECOND;

const UNAUTHORIZED = 4401;
type EventsMessage = Extract<MonitorMessage, { type: 'events' }>;
const SNAPSHOT = { type: 'snapshot' } as const;

/**
 * Keeps a page supplied with the live stream: over the monitor WebSocket, which it never stops dialling, and by polling
 * while there is none. It reports the connection it has, never the one it hopes for:
 *
 * - `live`: the WebSocket is open, and everything up to now has arrived or is on its way;
 * - `reconnecting`: the WebSocket is being dialled;
 * - `polling`: there is no WebSocket, but snapshots arrive;
 * - `offline`: nothing answers, the page is not signed in, or the user disconnected.
 */
export class WebLink {
  readonly #env: WebEnvironment;
  readonly #session: WebSession;
  readonly #listener: BridgeListener;
  readonly #backoff: Backoff;
  readonly #unsubscribe: (() => void)[];

  /** Why the link has stopped trying; null while it is active. */
  #halted: { readonly why: string; readonly signedOut: boolean } | null = null;
  #live = false;
  #socket: MonitorSocket | null = null;
  /** Grows with every dial and every stop; anything that an older one still reports is ignored. */
  #dial = 0;
  #dialling = false;
  #cancelDial: () => void = () => {};
  #nextTryAt: Ms | null = null;
  #failures = 0;
  #lostAt: Ms;
  #cancelHealthy: () => void = () => {};

  #polling = false;
  #poll = 0;
  #cancelPoll: () => void = () => {};
  #cancelPollStart: () => void = () => {};
  #polled: 'well' | 'badly' | null = null;

  #position: Position | null = null;
  /** A snapshot was requested; changes are useless until it arrives. */
  #awaitingSnapshot = false;
  #heardAt: Ms | null = null;
  #problem: string | null = null;
  #told: ConnectionInfo | null = null;
  #toldAt: Ms = 0;

  constructor(env: WebEnvironment, session: WebSession, listener: BridgeListener) {
    this.#env = env;
    this.#session = session;
    this.#listener = listener;
    this.#backoff = new Backoff(env.random);
    this.#lostAt = env.now();
    const signedIn = () => {
      if (this.#halted?.signedOut) this.reconnectNow();
    };
    this.#unsubscribe = [
      env.onWake(() => this.#wake()),
      env.onStorage(signedIn),
      env.onTicket((ticket) => {
        session.offer(ticket);
        signedIn();
      }),
    ];
    if (session.possible) this.#start();
    else this.signOut();
  }

  /** Ends everything for good. */
  close(): void {
    this.#stop();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** Stops trying until {@link reconnectNow}. */
  disconnect(): void {
    this.#halt(t('connection.paused'), false);
  }

  /** Stops trying until somebody signs in, here or in another tab. */
  signOut(why = SIGN_IN_SENTENCE): void {
    this.#halt(why, true);
  }

  #halt(why: string, signedOut: boolean): void {
    this.#stop();
    this.#halted = { why, signedOut };
    this.#tell();
  }

  reconnectNow(): void {
    if (this.#halted !== null && !this.#session.possible) return;
    if (this.#halted !== null) {
      this.#halted = null;
      this.#start();
    } else if (!this.#live) {
      this.#tryNow();
      if (this.#polling) this.#pollNow();
    }
  }

  resync(): void {
    this.#awaitingSnapshot = true;
    this.#socket?.send(SNAPSHOT);
  }

  #start(): void {
    this.#failures = 0;
    this.#lostAt = this.#env.now();
    this.#polled = null;
    this.#problem = null;
    this.#expectPolling();
    this.#tryNow();
  }

  #stop(): void {
    this.#dial += 1;
    this.#dialling = false;
    this.#live = false;
    this.#cancelDial();
    this.#cancelHealthy();
    this.#socket?.close();
    this.#socket = null;
    this.#nextTryAt = null;
    this.#stopPolling();
  }

  /** The network or the user came back. */
  #wake(): void {
    if (this.#halted !== null) return;
    // A hidden page's timers are throttled, so the watch on the socket may be late.
    const silent = this.#env.now() - (this.#heardAt ?? 0) > SILENT_FOR;
    if (this.#live && silent) {
      this.#socket?.close();
      this.#lost(t('connection.silent'), 0);
    } else {
      this.reconnectNow();
    }
  }

  #tryNow(): void {
    if (this.#dialling) return;
    this.#cancelDial();
    this.#nextTryAt = null;
    this.#dialling = true;
    this.#dial += 1;
    this.#tell();
    void this.#open(this.#dial);
  }

  async #open(dial: number): Promise<void> {
    try {
      const token = await this.#session.token();
      if (dial !== this.#dial) return;
      this.#socket = new MonitorSocket(this.#env, token, this.#position, {
        message: (message) => {
          if (dial === this.#dial) this.#receive(message);
        },
        closed: (code) => {
          if (dial !== this.#dial) return;
          if (code === UNAUTHORIZED) this.#session.drop(token);
          else this.#lost(closeWords(code), this.#backoff.next());
        },
      });
    } catch (error) {
      if (dial !== this.#dial) return;
      if (isUnauthorized(error)) this.signOut(error.message);
      else this.#lost(words(error), this.#backoff.next());
    }
  }

  #lost(problem: string, wait: Ms): void {
    if (this.#live) {
      this.#lostAt = this.#env.now();
      this.#failures = 0;
      this.#polled = null;
    } else {
      this.#failures += 1;
    }
    this.#dial += 1;
    this.#dialling = false;
    this.#live = false;
    this.#socket = null;
    this.#cancelHealthy();
    this.#problem = problem;
    this.#expectPolling();
    this.#nextTryAt = this.#env.now() + wait;
    this.#cancelDial = this.#env.after(wait, () => this.#tryNow());
    this.#tell();
  }

  #receive(message: MonitorMessage): void {
    const now = this.#env.now();
    this.#heardAt = now;
    switch (message.type) {
      case 'hello':
        this.#awaitingSnapshot = !message.recovered;
        if (message.recovered) this.#isLive();
        break;
      case 'snapshot':
        this.#deliverSnapshot({ ...message, at: message.timestamp });
        this.#isLive();
        break;
      case 'health_update':
        // A lost snapshot is requested again, once per heartbeat.
        if (this.#awaitingSnapshot) this.#socket?.send(SNAPSHOT);
        this.#listener.message({ type: 'heartbeat', epoch: message.epoch, seq: message.seq, at: now });
        break;
      case 'events':
        this.#deliverEvents(message);
        break;
      case 'session_created':
      case 'session_updated':
      case 'session_disconnected':
      case 'session_reconnected':
      case 'notice':
        this.#deliverChange(message);
        break;
    }
    this.#tell();
  }

  #deliverSnapshot({ epoch, seq, at, sessions }: Omit<Extract<StreamMessage, { type: 'snapshot' }>, 'type'>): void {
    this.#awaitingSnapshot = false;
    this.#position = { epoch, seq };
    this.#listener.message({ type: 'snapshot', epoch, seq, at, sessions });
  }

  #deliverChange({ epoch, seq, data }: Extract<MonitorMessage, { data: { event: unknown } }>): void {
    if (this.#awaitingSnapshot) return;
    if (data.event === null) {
      // Several events were merged on the way: their effect on the session arrived, the events did not.
      this.resync();
      return;
    }
    this.#deliverEvents({ epoch, seq, data: { events: [data.event] } });
  }

  #deliverEvents({ epoch, seq, data: { events } }: Pick<EventsMessage, 'epoch' | 'seq' | 'data'>): void {
    const [first] = events;
    if (this.#awaitingSnapshot || !first) return;
    this.#position = { epoch, seq };
    this.#listener.message({ type: 'batch', epoch, from_seq: first.seq, to_seq: seq, events });
  }

  #isLive(): void {
    if (this.#live) return;
    this.#live = true;
    this.#dialling = false;
    this.#problem = null;
    this.#stopPolling();
    this.#cancelHealthy = this.#env.after(HEALTHY_AFTER, () => this.#backoff.reset());
  }

  #expectPolling(): void {
    if (this.#polling) return;
    this.#cancelPollStart();
    const wait = this.#failures >= POLL_AFTER_TRIES ? 0 : this.#lostAt + POLL_AFTER - this.#env.now();
    if (wait <= 0) this.#startPolling();
    else this.#cancelPollStart = this.#env.after(wait, () => this.#startPolling());
  }

  #startPolling(): void {
    this.#polling = true;
    this.#pollNow();
  }

  #pollNow(): void {
    this.#cancelPoll();
    this.#poll += 1;
    void this.#pollOnce(this.#poll);
  }

  #stopPolling(): void {
    this.#polling = false;
    this.#poll += 1;
    this.#cancelPoll();
    this.#cancelPollStart();
  }

  async #pollOnce(poll: number): Promise<void> {
    try {
      const snapshot = await this.#session.request(WEB.snapshot, 'GET');
      if (poll !== this.#poll) return;
      this.#deliverPolled(snapshot as StreamMessage);
      // The server is back: no need to sit out a long pause.
      if (this.#polled === 'badly') this.#tryNow();
      this.#polled = 'well';
    } catch (error) {
      if (poll !== this.#poll) return;
      this.#polled = 'badly';
      this.#problem = words(error);
    }
    this.#cancelPoll = this.#env.after(POLL_EVERY, () => void this.#pollOnce(poll));
    this.#tell();
  }

  #deliverPolled(message: StreamMessage): void {
    if (message.type !== 'snapshot') throw new HoldfastError('internal_error');
    const now = this.#env.now();
    this.#heardAt = now;
    const { epoch, seq } = message;
    const known = this.#position?.epoch === epoch && this.#position.seq === seq && !this.#awaitingSnapshot;
    if (known) this.#listener.message({ type: 'heartbeat', epoch, seq, at: now });
    else this.#deliverSnapshot(message);
  }

  get #state(): ConnectionState {
    if (this.#halted !== null) return 'offline';
    if (this.#live) return 'live';
    if (this.#polled === 'well') return 'polling';
    return this.#polled === 'badly' ? 'offline' : 'reconnecting';
  }

  #tell(): void {
    const now = this.#env.now();
    const info: ConnectionInfo = {
      state: this.#state,
      heard_at: this.#heardAt,
      next_try_at: this.#nextTryAt,
      problem: this.#halted?.why ?? (this.#live ? null : this.#problem),
      signed_out: this.#halted?.signedOut ?? false,
    };
    const told = this.#told;
    const same = told?.state === info.state && told.next_try_at === info.next_try_at && told.problem === info.problem;
    // The wall clock may have been set back.
    if (same && (told.heard_at === info.heard_at || Math.abs(now - this.#toldAt) < TELL_EVERY)) return;
    this.#told = info;
    this.#toldAt = now;
    this.#listener.connection(info);
  }
}

const isUnauthorized = (error: unknown): error is HoldfastError =>
  error instanceof HoldfastError && error.code === 'unauthorized';

function words(error: unknown): string {
  const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
  return whatWasSaid(known.message) ?? known.message;
}

function closeWords(code: number): string {
  if (code === 1001) return t('connection.stopping');
  if (code === 1013) return t('connection.too_slow');
  return t('connection.broke');
}
