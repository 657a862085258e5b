import type { MonitorCommand, MonitorMessage } from '../../shared/contract/monitor-messages';
import { MONITOR_PROTOCOL, WEB } from '../../shared/contract/web';
import { type Ms, SECOND } from '../../shared/model/units';
import type { WebEnvironment } from './web-environment';

/** Three missed health updates: a socket that is silent for this long is dead, whatever the browser thinks. */
const SILENT_FOR: Ms = 15 * SECOND;

/** A position in the event log; the next connection asks for everything after it. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface MonitorListener {
  message(message: MonitorMessage): void;
  /** Called once. `code` is the close code; 1006 when the connection just broke or never opened. */
  closed(code: number): void;
}

/** One connection to the monitor WebSocket; it ends after 15 s without a frame. */
export class MonitorSocket {
  readonly #env: WebEnvironment;
  readonly #listener: MonitorListener;
  readonly #socket: WebSocket;
  #cancelWatch: () => void;
  #over = false;

  /** Dials at once and, once open, asks for everything after `position`. */
  constructor(env: WebEnvironment, token: string, position: Position | null, listener: MonitorListener) {
    this.#env = env;
    this.#listener = listener;
    const url = `${env.origin.replace(/^http/, 'ws')}${WEB.monitor}?health=changes&events=batched`;
    this.#socket = env.openSocket(url, [MONITOR_PROTOCOL, `${MONITOR_PROTOCOL}.${token}`]);
    this.#cancelWatch = this.#watch();
    this.#socket.addEventListener('open', () => {
      this.send({ type: 'since', ...(position ?? { epoch: '', seq: 0 }) });
    });
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code }) => this.#end(code));
  }

  send(command: MonitorCommand): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(command));
  }

  /** Ends the connection without telling the listener. */
  close(): void {
    this.#over = true;
    this.#cancelWatch();
    this.#socket.close();
  }

  #receive(data: unknown): void {
    if (this.#over || typeof data !== 'string') return;
    this.#cancelWatch();
    this.#cancelWatch = this.#watch();
    let message: MonitorMessage;
    try {
      message = JSON.parse(data) as MonitorMessage;
    } catch {
      return;
    }
    this.#listener.message(message);
  }

  #watch(): () => void {
    return this.#env.after(SILENT_FOR, () => {
      this.#socket.close();
      // A close handshake on a dead line takes a minute; we are done with it now.
      this.#end(1006);
    });
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelWatch();
    this.#listener.closed(code);
  }
}
