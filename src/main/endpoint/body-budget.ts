import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../../shared/errors';

/** In bytes. Smaller bodies are always taken: connections are few enough. */
const SMALL = 64 * 1024;
/** Bytes of larger bodies that are held at a time, half-sent ones included. */
const MOST = 64 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  admit(): void;
}

/** Bounds the memory for bodies that are being received. A large one waits, unread, until there is room. */
export class BodyBudget {
  private held = 0;
  private readonly waiting: Waiting[] = [];

  /**
   * Waits until there is room for a body. Call the returned function once the bytes are no longer held.
   * @throws HoldfastError `invalid_input` if the connection ends first; a request that waits too long is ended by the server
   */
  async room(req: IncomingMessage, bytes: number): Promise<() => void> {
    if (bytes <= SMALL) return () => {};
    if (this.held > 0 && this.held + bytes > MOST) await this.turn(req, bytes);
    else this.held += bytes;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.held -= bytes;
      this.admitNext();
    };
  }

  private turn(req: IncomingMessage, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        bytes,
        admit: () => {
          req.off('close', gone);
          this.held += bytes;
          resolve();
        },
      };
      const gone = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(new HoldfastError('invalid_input', 'The connection ended in the middle of the body.'));
      };
      req.once('close', gone);
      this.waiting.push(waiting);
    });
  }

  private admitNext(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      if (this.held > 0 && this.held + next.bytes > MOST) return;
      this.waiting.shift();
      next.admit();
    }
  }
}
