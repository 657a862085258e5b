import type { Input, Method, Output } from '../../shared/contract/index';
import { type PreloadApi, STREAM_PORT } from '../../shared/contract/preload';
import type { StreamMessage, StreamReply } from '../../shared/contract/stream';
import { HoldfastError } from '../../shared/errors';
import { t } from '../../shared/messages/language';
import { type BackoffOptions, backoff } from '../../shared/model/backoff';
import { type Ms, SECOND } from '../../shared/model/units';
import { answerWithin, type Bridge, type BridgeListener, type ConnectionInfo } from './bridge';

/** The main process sends something at least every 5 s, so a silence this long is a fault. */
const SILENCE: Ms = 12 * SECOND;
/** While messages keep coming, that is told so often: under load there are dozens a second. */
const TELL_EVERY: Ms = SECOND;
/** A silence this long is more than a hiccup. */
const OFFLINE: Ms = 45 * SECOND;
const RETRIES: BackoffOptions = { first: SECOND, longest: 10 * SECOND };

/** What the bridge needs from its page; tests pass their own. */
export interface ElectronBridgeDeps {
  readonly page: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  now(): Ms;
  setTimeout(run: () => void, ms: Ms): unknown;
  clearTimeout(timer: unknown): void;
}

const PAGE_PORTS = (): ElectronBridgeDeps => ({
  page: window,
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
});

/**
 * The bridge inside Electron: invocations over IPC, the live stream over a `MessagePort`. The stream counts as live while
 * something arrives at least every 12 s; after that it is reopened, at first after 1 s, then at intervals that grow to 10 s.
 */
export function createElectronBridge(api: PreloadApi, deps: ElectronBridgeDeps = PAGE_PORTS()): Bridge {
  return new ElectronBridge(api, deps);
}

class ElectronBridge implements Bridge {
  readonly #api: PreloadApi;
  readonly #deps: ElectronBridgeDeps;
  #listener: BridgeListener | null = null;
  #port: MessagePort | null = null;
  #timer: unknown = null;
  #tries = 0;
  /** When the current silence began: at the last message, or when the stream was requested. */
  #silentSince = 0;
  #info: ConnectionInfo = { state: 'reconnecting', heard_at: null, next_try_at: null, problem: null };

  constructor(api: PreloadApi, deps: ElectronBridgeDeps) {
    this.#api = api;
    this.#deps = deps;
  }

  async invoke<M extends Method>(method: M, input: Input<M>): Promise<Output<M>> {
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      const limit = answerWithin(method);
      const sentence = t('connection.no_answer', { seconds: limit / SECOND });
      timer = this.#deps.setTimeout(() => reject(new HoldfastError('internal_error', sentence)), limit);
    });
    try {
      const answer = await Promise.race([this.#api.invoke(method, input), late]);
      if (!answer.ok) throw new HoldfastError(answer.error.code, answer.error.message);
      return answer.value as Output<M>;
    } finally {
      this.#deps.clearTimeout(timer);
    }
  }

  open(listener: BridgeListener): () => void {
    this.#listener = listener;
    this.#deps.page.addEventListener('message', this.#takePort);
    this.#begin();
    return () => {
      this.#listener = null;
      this.#deps.page.removeEventListener('message', this.#takePort);
      this.#deps.clearTimeout(this.#timer);
      this.#dropPort();
    };
  }

  ack(toSeq: number): void {
    this.#reply({ type: 'ack', to_seq: toSeq });
  }

  resync(): void {
    this.#reply({ type: 'resync' });
  }

  reconnectNow(): void {
    this.#tries = 0;
    this.#begin();
  }

  disconnect(): void {
    this.#deps.clearTimeout(this.#timer);
    this.#dropPort();
    this.#tell({
      state: 'offline',
      next_try_at: null,
      problem: t('connection.paused'),
    });
  }

  #begin(): void {
    this.#silentSince = this.#deps.now();
    this.#tell({ state: 'reconnecting', next_try_at: null });
    this.#try();
  }

  /** Requests a stream and checks again when it should have sent something. */
  #try(): void {
    this.#dropPort();
    this.#api.openStream();
    const wait = backoff(RETRIES, this.#tries);
    this.#tries += 1;
    this.#after(wait, () => this.#retry());
  }

  #retry(): void {
    const silent = this.#deps.now() - this.#silentSince;
    const state = silent >= OFFLINE ? 'offline' : 'reconnecting';
    this.#tell({ state, next_try_at: null, problem: t('connection.not_responding') });
    this.#try();
  }

  readonly #takePort = (event: Event): void => {
    const { data, ports, source } = event as MessageEvent;
    const [port] = ports ?? [];
    if (data !== STREAM_PORT || !port || (source !== null && source !== this.#deps.page)) return;
    this.#dropPort();
    this.#port = port;
    port.onmessage = (message: MessageEvent<StreamMessage>) => this.#hear(message.data);
    port.start();
  };

  #hear(message: StreamMessage): void {
    this.#tries = 0;
    this.#silentSince = this.#deps.now();
    const { state, heard_at } = this.#info;
    // The wall clock may have been set back.
    if (state !== 'live' || Math.abs(this.#silentSince - (heard_at ?? 0)) >= TELL_EVERY) {
      this.#tell({ state: 'live', heard_at: this.#silentSince, next_try_at: null, problem: null });
    }
    this.#after(SILENCE, () => this.#retry());
    this.#listener?.message(message);
  }

  #after(ms: Ms, run: () => void): void {
    this.#deps.clearTimeout(this.#timer);
    this.#timer = this.#deps.setTimeout(run, ms);
  }

  #dropPort(): void {
    if (!this.#port) return;
    this.#port.onmessage = null;
    this.#port.close();
    this.#port = null;
  }

  #reply(reply: StreamReply): void {
    this.#port?.postMessage(reply);
  }

  #tell(change: Partial<ConnectionInfo>): void {
    this.#info = { ...this.#info, ...change };
    this.#listener?.connection(this.#info);
  }
}
