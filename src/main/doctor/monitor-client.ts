import WebSocket from 'ws';
import { type Sentence, said } from '../../shared/messages/said';
import { reasonOf, type Unchecked } from '../platform/ask';
import { Failure } from './failure';

const OPEN_MS = 5_000;

/** What is wrong when something did not happen in time, or before the connection closed. */
interface Why {
  late(seconds: number): Sentence;
  closed(code: number): Sentence;
}

const notCome = (message: string): Why => ({
  late: (seconds) => said('said.check.monitor.not_come', { message, seconds }),
  closed: (code) => said('said.check.monitor.closed_before', { code, message }),
});
const NOT_CLOSED: Why = {
  late: (seconds) => said('said.check.monitor.not_closed', { seconds }),
  closed: (code) => said('said.check.monitor.key_ok', { code }),
};

/** A connection to the monitor that keeps every message received. */
export interface Monitor {
  /**
   * Takes the first matching message, received already or within the time.
   * @throws Failure, naming `what`, when none comes in time or the connection closes
   */
  next(matches: (message: Unchecked) => boolean, withinMs: number, what: string): Promise<Unchecked>;
  /**
   * Waits for the connection to close and resolves with the close code.
   * @throws Failure when it stays open
   */
  closed(withinMs: number): Promise<number>;
  end(): void;
}

/**
 * Opens the monitor WebSocket.
 * @throws Failure when it does not open; if the upgrade is refused, the message has the status
 */
export async function openMonitor(url: string, headers: Record<string, string>): Promise<Monitor> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/mcp/ws/sessions`, {
    headers,
    handshakeTimeout: OPEN_MS,
    perMessageDeflate: false,
  });
  const messages: Unchecked[] = [];
  const waiting = new Set<() => void>();
  let closeCode: number | null = null;
  const look = () => {
    for (const check of [...waiting]) check();
  };
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    look();
  });
  socket.once('close', (code) => {
    closeCode = code;
    look();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_, { statusCode }) =>
      reject(new Failure(said('said.check.monitor.refused', { status: statusCode ?? 0 }))),
    );
    socket.once('error', (error) =>
      reject(new Failure(said('said.check.monitor.not_open', { reason: reasonOf(error) }))),
    );
  });
  // Later errors are followed by a close, which the checks see.
  socket.on('error', () => undefined);

  const until = <T>(find: () => T | undefined, withinMs: number, why: Why): Promise<T> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(check);
        settle();
      };
      const timer = setTimeout(() => finish(() => reject(new Failure(why.late(withinMs / 1000)))), withinMs);
      const check = () => {
        const found = find();
        if (found !== undefined) finish(() => resolve(found));
        else if (closeCode !== null) {
          const code = closeCode;
          finish(() => reject(new Failure(why.closed(code))));
        }
      };
      waiting.add(check);
      check();
    });
  return {
    next: (matches, withinMs, what) =>
      until(() => messages.splice(messages.findIndex(matches) >>> 0, 1)[0], withinMs, notCome(what)),
    closed: (withinMs) => until(() => closeCode ?? undefined, withinMs, NOT_CLOSED),
    end: () => socket.terminate(),
  };
}
