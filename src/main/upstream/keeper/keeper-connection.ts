import { connect, type Socket } from 'node:net';
import { HoldfastError } from '../../../shared/errors';
import type { KeeperAddress } from './address-file';
import { encodeText, FRAME, FrameReader, PROTOCOL_VERSION } from './frames.js';
import type { KeeperHello, KeeperReplies, KeeperRequest, Numbered } from './keeper-messages';

/** Why a keeper was not taken. */
export type NoKeeper =
  | { readonly why: 'absent' | 'secret' | 'silent' }
  | { readonly why: 'taken'; readonly pid: number }
  | { readonly why: 'version'; readonly pid: number; readonly count: number };

export interface KeeperFrames {
  onFrame(type: number, child: number, payload: Buffer): void;
  /** Called once, when the connection is gone without `close`. */
  onGone(): void;
}

interface Waiting {
  readonly settle: (reply: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly limit: NodeJS.Timeout;
}

/** One connection to a keeper that accepted us. */
export class KeeperConnection {
  readonly hello: KeeperHello;
  private readonly socket: Socket;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private isOpen = true;
  private frames: KeeperFrames | null = null;

  private constructor(socket: Socket, hello: KeeperHello) {
    this.socket = socket;
    this.hello = hello;
  }

  /** Connects and says who we are, all within `limitMs`. */
  static open(address: KeeperAddress, limitMs: number): Promise<KeeperConnection | NoKeeper> {
    return new Promise((resolve) => {
      const socket = connect(address.socket);
      let connection: KeeperConnection | null = null;
      const give = (result: KeeperConnection | NoKeeper) => {
        clearTimeout(limit);
        resolve(result);
      };
      const refuse = (result: NoKeeper) => {
        socket.destroy();
        give(result);
      };
      const limit = setTimeout(() => refuse({ why: 'silent' }), limitMs);
      const reader = new FrameReader((type, child, payload) => {
        if (connection !== null) return connection.take(type, child, payload);
        const answer: KeeperReplies['hello'] = JSON.parse(payload.toString());
        if (answer.error === undefined) {
          connection = new KeeperConnection(socket, answer);
          return give(connection);
        }
        if (answer.error === 'taken') return refuse({ why: 'taken', pid: answer.pid });
        if (answer.error !== 'version') return refuse({ why: answer.error === 'secret' ? 'secret' : 'silent' });
        // It ends its children and itself; nothing of it is of use any more.
        socket.end(encodeRequest({ id: 0, do: 'stop' }));
        give({ why: 'version', pid: answer.pid, count: answer.count });
      });
      socket.on('connect', () => {
        const { secret } = address;
        socket.write(encodeRequest({ id: 0, do: 'hello', version: PROTOCOL_VERSION, secret, pid: process.pid }));
      });
      socket.on('data', (bytes) => {
        try {
          reader.push(bytes);
        } catch (cause) {
          socket.destroy(cause as Error);
        }
      });
      socket.on('error', () => give({ why: 'absent' }));
      socket.on('close', () => {
        give({ why: 'absent' });
        connection?.gone();
      });
    });
  }

  /** Who gets frames. To be called in the turn in which the connection was opened. */
  listen(frames: KeeperFrames): void {
    this.frames = frames;
  }

  send(frame: Buffer): void {
    if (this.isOpen) this.socket.write(frame);
  }

  /**
   * Asks the keeper. `settle` is called with the reply before any frame that follows it; it may throw.
   * @param late - gets the reply that comes after the limit: what was asked for was done, and nobody knows of it
   * @throws HoldfastError `server_unavailable` when the keeper is gone or does not answer in time
   */
  request<R extends KeeperRequest, T>(
    what: R,
    limitMs: number,
    settle: (reply: KeeperReplies[R['do']]) => T,
    late: (reply: KeeperReplies[R['do']]) => void = () => {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(keeperGone());
      this.lastId += 1;
      const id = this.lastId;
      const limit = setTimeout(() => {
        this.waiting.set(id, { limit, fail: () => {}, settle: (reply) => late(reply as KeeperReplies[R['do']]) });
        reject(new HoldfastError('server_unavailable', 'The keeper of the servers does not answer. Restart Holdfast.'));
      }, limitMs);
      this.waiting.set(id, {
        limit,
        fail: reject,
        settle: (reply) => {
          try {
            // The keeper is of our version, and the reply is the one to this request.
            resolve(settle(reply as KeeperReplies[R['do']]));
          } catch (error) {
            reject(error);
          }
        },
      });
      this.send(encodeRequest({ ...what, id }));
    });
  }

  /** Lets go of it. What was sent before still arrives. */
  close(): void {
    this.isOpen = false;
    this.failAll();
    this.socket.end();
    // A keeper that hangs must not hold this process.
    this.socket.unref();
  }

  private take(type: number, child: number, payload: Buffer): void {
    if (type === FRAME.reply) this.takeReply(payload);
    else this.frames?.onFrame(type, child, payload);
  }

  private takeReply(payload: Buffer): void {
    const reply = JSON.parse(payload.toString());
    const waiting = this.waiting.get(reply.id);
    if (waiting === undefined) return;
    this.waiting.delete(reply.id);
    clearTimeout(waiting.limit);
    waiting.settle(reply);
  }

  private gone(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.failAll();
    this.frames?.onGone();
  }

  private failAll(): void {
    for (const { fail, limit } of this.waiting.values()) {
      clearTimeout(limit);
      fail(keeperGone());
    }
    this.waiting.clear();
  }
}

const encodeRequest = (request: Numbered<KeeperRequest>): Buffer =>
  encodeText(FRAME.request, 0, JSON.stringify(request));

const keeperGone = () =>
  new HoldfastError('server_unavailable', 'The keeper of the servers has ended. Try again: a new one is started.');
