const LINE_BREAK = 10;
const CARRIAGE_RETURN = 13;

/** Cuts bytes at line breaks, which in UTF-8 never are part of a character. Empty lines are left out. */
export class LineSplitter {
  #onLine;
  #onTooLong;
  #longest;
  /** @type {Buffer[]} */
  #parts = [];
  #length = 0;
  #skipping = false;

  /**
   * @param {number} longest - in bytes
   * @param {(line: Buffer) => void} onLine
   * @param {(start: Buffer) => void} onTooLong - once for each line that is longer, with its start; the rest is dropped
   */
  constructor(longest, onLine, onTooLong) {
    this.#longest = longest;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
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

  /** No more bytes come: what there is counts as a line. */
  end() {
    this.#finish();
  }

  #add(part) {
    if (this.#skipping || part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.#longest) return;
    this.#skipping = true;
    this.#onTooLong(this.#take().subarray(0, this.#longest));
  }

  #finish() {
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    if (this.#length === 0) return;
    const line = this.#take();
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    if (end > 0) this.#onLine(line.subarray(0, end));
  }

  #take() {
    const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
