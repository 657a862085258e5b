// The protocol between the supervisor and the keeper. Plain JavaScript without packages, because the keeper runs it
// both from the sources and from the build.
//
// A frame consists of the length of all that follows (4 bytes, little endian), a type (1 byte), the number of the child
// (4 bytes, little endian; 0 when the frame concerns no child) and a payload. Requests and replies are JSON. Lines are
// passed on unparsed.

/**
 * The frame format, `hello` and `stop` are the same in every version: a new supervisor must be able to stop an old
 * keeper.
 */
export const PROTOCOL_VERSION = 1;

/** Longest line in bytes. A child that writes a longer one is ended. */
export const LONGEST_LINE = 64 * 1024 * 1024;

export const FRAME = Object.freeze({
  /** Supervisor to keeper: JSON with `id` and `do`. */
  request: 1,
  /** Keeper to supervisor: JSON with the `id` of its request and either its values or `error`. */
  reply: 2,
  /** To the keeper: bytes for a child's standard input. From the keeper: one line without its break. */
  line: 3,
  /** Supervisor to keeper: number of further lines of a child that were handled (4 bytes, little endian). */
  acknowledge: 4,
  /** Keeper to supervisor: JSON `{code, signal, reason, stderr}`. Sent after all lines of the child. */
  exit: 5,
  /** Supervisor to keeper: the exit was handled, so the child can be forgotten. */
  forget: 6,
  /** Supervisor to keeper: send the waiting output of this child, then everything it writes from now on. */
  adopt: 7,
});

/** @typedef {(typeof FRAME)[keyof typeof FRAME]} FrameType */

const LENGTH = 4;

/** Offset of the payload in a frame, in bytes. */
export const FRAME_HEADER = LENGTH + 5;

/**
 * Fills in the header of a buffer whose payload already starts at FRAME_HEADER.
 * @param {Buffer} frame
 * @param {FrameType} type
 * @param {number} child
 */
export function fillHeader(frame, type, child) {
  frame.writeUInt32LE(frame.length - LENGTH, 0);
  frame[LENGTH] = type;
  frame.writeUInt32LE(child, LENGTH + 1);
}

/**
 * Encodes text as a frame, followed by a line break when `lineBreak` is true.
 * @param {FrameType} type
 * @param {number} child
 * @param {string} text
 */
export function encodeText(type, child, text, lineBreak = false) {
  const length = Buffer.byteLength(text);
  const frame = emptyFrame(type, child, lineBreak ? length + 1 : length);
  frame.write(text, FRAME_HEADER, length, 'utf8');
  if (lineBreak) frame[FRAME_HEADER + length] = 10;
  return frame;
}

/**
 * @param {number} child
 * @param {number} count
 */
export function encodeAcknowledgement(child, count) {
  const frame = emptyFrame(FRAME.acknowledge, child, 4);
  frame.writeUInt32LE(count, FRAME_HEADER);
  return frame;
}

/** Bytes in a frame that holds the longest line with its line break. */
export const LONGEST_FRAME = FRAME_HEADER + LONGEST_LINE + 1;

/**
 * @param {FrameType} type
 * @param {number} child
 * @param {number} payloadLength
 */
function emptyFrame(type, child, payloadLength) {
  const frame = Buffer.allocUnsafe(FRAME_HEADER + payloadLength);
  fillHeader(frame, type, child);
  return frame;
}

/**
 * Offset at which a frame begins.
 * @param {Buffer} bytes - whole frames, one after the other
 * @param {number} index - of the frame, from 0
 */
export function offsetOfFrame(bytes, index) {
  let at = 0;
  for (let frame = 0; frame < index; frame += 1) at += LENGTH + bytes.readUInt32LE(at);
  return at;
}

/** Extracts frames from a stream of bytes. */
export class FrameReader {
  /** Longest accepted frame, in bytes. */
  limit;
  /** @type {(type: number, child: number, payload: Buffer) => void} */
  #onFrame;
  /** @type {Buffer[]} */
  #parts = [];
  #have = 0;
  #need = 0;

  /**
   * @param {(type: number, child: number, payload: Buffer) => void} onFrame
   * @param {number} [limit]
   */
  constructor(onFrame, limit = LONGEST_FRAME) {
    this.#onFrame = onFrame;
    this.limit = limit;
  }

  /**
   * Adds bytes and calls `onFrame` for every frame that is now complete.
   * @param {Buffer} bytes
   * @throws Error when a frame is longer than `limit` or malformed; the connection is then unusable
   */
  push(bytes) {
    let chunk = bytes;
    if (this.#have > 0) {
      this.#parts.push(bytes);
      this.#have += bytes.length;
      if (this.#have < this.#need) return;
      chunk = Buffer.concat(this.#parts, this.#have);
      this.#parts = [];
      this.#have = 0;
    }
    let at = 0;
    let need = FRAME_HEADER;
    while (chunk.length - at >= FRAME_HEADER) {
      need = LENGTH + chunk.readUInt32LE(at);
      if (need < FRAME_HEADER || need > this.limit) throw new Error(`A frame of ${need} bytes is not accepted.`);
      if (chunk.length - at < need) break;
      this.#onFrame(
        chunk.readUInt8(at + LENGTH),
        chunk.readUInt32LE(at + LENGTH + 1),
        chunk.subarray(at + FRAME_HEADER, at + need),
      );
      at += need;
      need = FRAME_HEADER;
    }
    if (at === chunk.length) return;
    this.#parts = [chunk.subarray(at)];
    this.#have = chunk.length - at;
    this.#need = need;
  }
}
