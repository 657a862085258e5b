const LINE_BREAK = 10;
const CARRIAGE_RETURN = 13;

/**
 * Splits bytes at line breaks, which are never part of another character in UTF-8. Skips empty lines. Lines are copied,
 * so a short line does not keep a large chunk in memory.
 */
export class LineSplitter {
  #onLine;
  #onTooLong;
  #longest;
  #before;
  /** @type {Buffer[]} */
  #parts = [];
  #length = 0;
  #skipping = false;

  /**
   * @param {number} longest - longest line, in bytes
   * @param {(line: Buffer) => void} onLine
   * @param {(start: Buffer) => void} onTooLong - called once for each longer line, with its start; the rest is dropped
   * @param {number} [before] - number of bytes to leave free before each line in its buffer
   */
  constructor(longest, onLine, onTooLong, before = 0) {
    this.#longest = longest;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
    this.#before = before;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_BREAK, at); end !== -1; end = chunk.indexOf(LINE_BREAK, at)) {
      this.#add(chunk.subarray(at, end));
      this.#finish();
      at = end + 1;
    }
    if (at < chunk.length) this.#add(chunk.subarray(at));
  }

  /** Marks the end of input. An unfinished line counts as a line. */
  end() {
    this.#finish();
  }

  /** @param {Buffer} part */
  #add(part) {
    if (this.#skipping || part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.#longest) return;
    this.#skipping = true;
    this.#onTooLong(this.#take().subarray(0, this.#before + this.#longest));
  }

  #finish() {
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    if (this.#length === 0) return;
    const line = this.#take();
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    if (end > this.#before) this.#onLine(line.subarray(0, end));
  }

  #take() {
    const line = Buffer.allocUnsafe(this.#before + this.#length);
    let at = this.#before;
    for (const part of this.#parts) at += part.copy(line, at);
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
