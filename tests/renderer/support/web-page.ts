import type { ConnectionInfo } from '#src/renderer/bridge/bridge';
import type { WebEnvironment } from '#src/renderer/bridge/web-environment';
import type { StreamMessage } from '#src/shared/contract/stream';
import { Signals } from './signals';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A page for the browser's bridge: real sockets and requests, a clock that stands still until the test turns it. */
export class WebPage {
  readonly heard = new Signals<{ message: StreamMessage; connection: ConnectionInfo }>();
  readonly stored = new Map<string, string>();
  readonly #timers = new Set<Timer>();
  readonly #wakers = new Set<() => void>();
  readonly #storageListeners = new Set<() => void>();
  readonly #ticketListeners = new Set<(ticket: string) => void>();
  now = 1_000_000;
  random = 0.5;
  ticket: string | null = null;
  info: ConnectionInfo | null = null;
  readonly env: WebEnvironment;

  constructor(origin: string) {
    this.env = {
      origin,
      storage: {
        getItem: (name) => this.stored.get(name) ?? null,
        setItem: (name, value) => void this.stored.set(name, value),
        removeItem: (name) => void this.stored.delete(name),
      },
      now: () => this.now,
      random: () => this.random,
      after: (delay, run) => {
        const timer = { at: this.now + delay, run };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
      fetch: (url, init) => fetch(url, init),
      openSocket: (url, protocols) => new WebSocket(url, protocols),
      takeTicket: () => this.ticket,
      onWake: (run) => {
        this.#wakers.add(run);
        return () => void this.#wakers.delete(run);
      },
      onTicket: (offer) => {
        this.#ticketListeners.add(offer);
        return () => void this.#ticketListeners.delete(offer);
      },
      onStorage: (run) => {
        this.#storageListeners.add(run);
        return () => void this.#storageListeners.delete(run);
      },
    };
  }

  /** What to give to `Bridge.open`. */
  readonly listener = {
    message: (message: StreamMessage) => this.heard.emit('message', message),
    connection: (info: ConnectionInfo) => {
      this.info = info;
      this.heard.emit('connection', info);
    },
  };

  /** Turns the clock; what is due runs in order. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [due] = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (!due) break;
      this.#timers.delete(due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = until;
  }

  /** Turns the clock to the next try that the bridge has announced. */
  toNextTry(): void {
    const at = this.info?.next_try_at;
    if (at == null) throw new Error('no try is announced');
    this.advance(at - this.now);
  }

  get timers(): number {
    return this.#timers.size;
  }

  wake(): void {
    for (const run of [...this.#wakers]) run();
  }

  openLink(ticket: string): void {
    for (const offer of [...this.#ticketListeners]) offer(ticket);
  }

  changeStorage(): void {
    for (const run of [...this.#storageListeners]) run();
  }

  state(state: ConnectionInfo['state']): Promise<ConnectionInfo> {
    if (this.info?.state === state) return Promise.resolve(this.info);
    return this.heard.next('connection', (info) => info.state === state);
  }
}
