// What the supervisor and the keeper say to each other. Plain JavaScript without packages: the keeper runs it from the
// sources and from the build.
//
// A frame is: length of all that follows (4 bytes, little endian), type (1 byte), number of the child (4 bytes, 0 when it
// is of none), payload. Requests and replies are JSON; lines are passed as they are, nobody here looks into them.

/** Frames, `hello` and `stop` stay as they are in every version, so that a new supervisor can end an old keeper. */
export const PROTOCOL_VERSION = 1;

/** A line that is longer ends the child that wrote it. */
export const LONGEST_LINE = 64 * 1024 * 1024;

export const FRAME = Object.freeze({
  /** Supervisor to keeper: JSON with `id` and `do`. */
  request: 1,
  /** Keeper to supervisor: JSON with the `id` of its request and either its values or `error`. */
  reply: 2,
  /** To the keeper: bytes for a child's standard input. From the keeper: one line without its break. */
  line: 3,
  /** Supervisor to keeper: so many more lines of a child were taken (4 bytes). */
  acknowledge: 4,
  /** Keeper to supervisor: JSON `{code, signal, reason}`; after all lines of the child. */
  exit: 5,
  /** Supervisor to keeper: the exit was taken, the child can be forgotten. */
  forget: 6,
  /** Supervisor to keeper: send what waits of this child, and what it says from now on. */
  adopt: 7,
});

/** @typedef {(typeof FRAME)[keyof typeof FRAME]} FrameType */

const LENGTH = 4;

/** Where the payload of a frame begins. */
export const FRAME_HEADER = LENGTH + 5;

/**
 * Makes a frame of a buffer whose payload stands at FRAME_HEADER already.
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
 * A frame of text, with a line break after it when `lineBreak` is true.
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

/** The longest line with its break. */
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
 * Where a frame begins in bytes that hold frames only.
 * @param {Buffer} bytes
 * @param {number} index
 */
export function offsetOfFrame(bytes, index) {
  let at = 0;
  for (let frame = 0; frame < index; frame += 1) at += LENGTH + bytes.readUInt32LE(at);
  return at;
}

/** Takes frames out of a stream of bytes. */
export class FrameReader {
  /** Longest frame that is accepted, in bytes. */
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
   * Calls `onFrame` for every frame that is whole by now.
   * @param {Buffer} bytes
   * @throws Error when a frame is longer than `limit` or makes no sense: the connection is of no use any more
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
