import { Transform, type TransformCallback } from 'node:stream';
import { asMessage, isNotification, type JsonRpcNotification } from '../../../mcp/json-rpc';
import { valuesIn } from '../../../mcp/message-text';

/** Notifications that may be left out are small: an event that is longer passes as it is. */
const LONGEST = 64 * 1024;
/** The blank line after an event, whichever line breaks it is written with. */
const SEPARATOR = /\r\n\r\n|\n\n|\r\r/;

/**
 * An event stream without the events whose notification `isLeftOut`, which is asked for each one when it comes. Everything else
 * passes byte for byte, as soon as its event is whole. Notifications of our own can be added.
 */
export class VisibleStream extends Transform {
  private readonly isLeftOut: (message: JsonRpcNotification) => boolean;
  /** Text in Latin-1 is its bytes; separators are ASCII. */
  private held = '';
  /** Within an event that is too long to be looked at. */
  private isPassing = false;
  /** Whether anything has come: what a server says first is not for us to precede. */
  private hasBegun = false;
  /** What was added and waits for the end of an event. The same waits once. */
  private readonly added = new Set<string>();

  constructor(isLeftOut: (message: JsonRpcNotification) => boolean) {
    super();
    this.isLeftOut = isLeftOut;
  }

  /** Sends a notification as soon as it comes between two events, and after the first. A stream that is over sends nothing. */
  add(message: JsonRpcNotification): void {
    this.added.add(JSON.stringify(message));
    if (!this.writableEnded && !this.destroyed && this.hasBegun && !this.isPassing) this.push(this.takeAdded());
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.held += chunk.toString('latin1');
    let out = '';
    for (let end = SEPARATOR.exec(this.held); end; end = SEPARATOR.exec(this.held)) {
      const event = this.held.slice(0, end.index);
      const length = end.index + end[0].length;
      if (this.isPassing || !this.isWithout(event)) out += this.held.slice(0, length);
      this.held = this.held.slice(length);
      this.isPassing = false;
      this.hasBegun = true;
      if (this.added.size > 0) out += this.takeAdded().toString('latin1');
    }
    if (this.isPassing || this.held.length > LONGEST) {
      // Half of a separator may be at the end.
      const most = this.held.length - 3;
      out += this.held.slice(0, most);
      this.held = this.held.slice(most);
      this.isPassing = true;
    }
    done(null, Buffer.from(out, 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.held, 'latin1'));
  }

  private takeAdded(): Buffer {
    const events = [...this.added].map((text) => `event: message\ndata: ${text}\n\n`);
    this.added.clear();
    return Buffer.from(events.join(''));
  }

  private isWithout(event: string): boolean {
    const text = Buffer.from(event, 'latin1').toString();
    const data = text.split(/\r\n|\r|\n/).flatMap((line) => /^data: ?(.*)$/s.exec(line)?.[1] ?? []);
    if (data.length === 0) return false;
    const [value, more] = valuesIn(data.join('\n'));
    const message = more === undefined ? asMessage(value) : null;
    return message !== null && isNotification(message) && this.isLeftOut(message);
  }
}
