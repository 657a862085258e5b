import { Transform } from 'node:stream';

/** No message that begins a task is longer. */
const LONGEST = 64 * 1024;
const EVENT_END = /\r\n\r\n|\n\n|\r\r/;
/** The longest end of an event but for one character: it may be cut in two. */
const END_REST = 3;

/**
 * Passes an HTTP answer on as it is. Each message that is short enough to be a new task is held until it is whole and was
 * looked at: nobody may know of a task before Holdfast does. The rest of a longer one passes at once.
 *
 * @param isStream - whether it is an event stream, else one JSON text
 * @param look - called with an event, or the JSON text
 */
export function lookingForTasks(isStream: boolean, look: (text: string) => void): Transform {
  // One character a byte, so that no text is cut within a character.
  let held = '';
  let isLong = false;
  const textOf = (bytes: string) => Buffer.from(bytes, 'latin1').toString();
  return new Transform({
    transform(chunk: Buffer, _, done) {
      held += chunk.toString('latin1');
      for (let end = endIn(held, isStream); end > 0; end = endIn(held, isStream)) {
        if (!isLong) look(textOf(held.slice(0, end)));
        this.push(held.slice(0, end), 'latin1');
        held = held.slice(end);
        isLong = false;
      }
      if (isLong || held.length > LONGEST) {
        isLong = true;
        this.push(held.slice(0, -END_REST), 'latin1');
        held = held.slice(-END_REST);
      }
      done();
    },
    flush(done) {
      if (!isLong && held !== '') look(textOf(held));
      this.push(held, 'latin1');
      done();
    },
  });
}

/** Where the first event ends; 0 if it is not whole yet. */
function endIn(text: string, isStream: boolean): number {
  const end = isStream ? EVENT_END.exec(text) : null;
  return end ? end.index + end[0].length : 0;
}
