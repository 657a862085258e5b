import { Transform } from 'node:stream';
import { asMessage, isNotification, type JsonRpcNotification } from '../../../mcp/json-rpc';
import { valuesIn } from '../../../mcp/message-text';

/** Notifications about something hidden are small: an event that is longer passes as it is. */
const LONGEST = 64 * 1024;
/** The blank line after an event, whichever line breaks it is written with. */
const SEPARATOR = /\r\n\r\n|\n\n|\r\r/;

/**
 * An event stream without the events whose message `isHidden`, which is asked for each one when it comes. Everything else
 * passes byte for byte, as soon as its event is whole.
 */
export function withoutHiddenEvents(isHidden: (message: JsonRpcNotification) => boolean): Transform {
  // Text in Latin-1 is its bytes; separators are ASCII.
  let held = '';
  /** Within an event that is too long to be looked at. */
  let isPassing = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held += chunk.toString('latin1');
      let out = '';
      for (let end = SEPARATOR.exec(held); end; end = SEPARATOR.exec(held)) {
        const event = held.slice(0, end.index);
        const length = end.index + end[0].length;
        if (isPassing || !isAbout(event, isHidden)) out += held.slice(0, length);
        held = held.slice(length);
        isPassing = false;
      }
      if (isPassing || held.length > LONGEST) {
        // Half of a separator may be at the end.
        const most = held.length - 3;
        out += held.slice(0, most);
        held = held.slice(most);
        isPassing = true;
      }
      done(null, Buffer.from(out, 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(held, 'latin1'));
    },
  });
}

function isAbout(event: string, isHidden: (message: JsonRpcNotification) => boolean): boolean {
  const text = Buffer.from(event, 'latin1').toString();
  const data = text.split(/\r\n|\r|\n/).flatMap((line) => /^data: ?(.*)$/s.exec(line)?.[1] ?? []);
  if (data.length === 0) return false;
  const [value, more] = valuesIn(data.join('\n'));
  const message = more === undefined ? asMessage(value) : null;
  return message !== null && isNotification(message) && isHidden(message);
}
