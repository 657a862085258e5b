import { connect, type Socket } from 'node:net';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { KeeperAddress } from './address-file';
import { encodeText, FRAME, FrameReader, PROTOCOL_VERSION } from './frames.js';
import type { KeeperHello, KeeperReplies, KeeperRequest, Numbered } from './keeper-messages';

/** How long the keeper may take to answer what it can answer at once. */
export const ANSWER_LIMIT_MS = 2000;

/**
 * Why no connection was made: nothing listens there, the secret is wrong, no usable reply came in time, another
 * supervisor is connected, or the keeper speaks another version of the protocol.
 */
export type NoKeeper =
  | { readonly why: 'absent' | 'secret' | 'silent' }
  | { readonly why: 'taken'; readonly pid: number }
  | { readonly why: 'version'; readonly pid: number; readonly count: number };

export interface KeeperFrames {
  onFrame(type: number, child: number, payload: Buffer): void;
  /** Called at most once, when the connection is lost without a call to `close`. */
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

  /** Connects and authenticates within `limitMs`. A keeper of another version is told to stop. */
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
        // The keeper ends its children and itself; none of them can be used any more.
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

  /** Sets the receiver of frames. Call this in the same turn in which `open` resolved, or frames may be missed. */
  listen(frames: KeeperFrames): void {
    this.frames = frames;
  }

  send(frame: Buffer): void {
    if (this.isOpen) this.socket.write(frame);
  }

  /**
   * Sends a request. `settle` gets the reply before any later frame is delivered. If it throws, the promise rejects
   * with that error.
   * @param late - gets a reply that arrives after the limit, to undo what the keeper did after the caller gave up
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
        reject(new HoldfastError('server_unavailable', said('said.keeper.silent')));
      }, limitMs);
      this.waiting.set(id, {
        limit,
        fail: reject,
        settle: (reply) => {
          try {
            // The cast is safe: the keeper speaks our version, and the reply carries the id of this request.
            resolve(settle(reply as KeeperReplies[R['do']]));
          } catch (error) {
            reject(error);
          }
        },
      });
      this.send(encodeRequest({ ...what, id }));
    });
  }

  /** Closes the connection. Frames that were already sent still arrive; pending requests fail. */
  close(): void {
    this.isOpen = false;
    this.failAll();
    this.socket.end();
    // A keeper that hangs must not keep this process alive.
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

const keeperGone = () => new HoldfastError('server_unavailable', said('said.keeper.ended'));
