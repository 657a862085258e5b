import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText, FRAME, FrameReader } from '#src/main/upstream/keeper/frames.js';
import { LineSplitter } from '#src/main/upstream/keeper/line-splitter.js';

/** The same bytes, cut at any places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat(), { maxLength: 20 });

describe('frames', () => {
  test('come out as they went in, wherever the stream is cut', () => {
    const frame = fc.tuple(fc.constantFrom(...Object.values(FRAME)), fc.nat(0xffffffff), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 10 }), places, (frames, at) => {
        const got: [number, number, string][] = [];
        const reader = new FrameReader((type, child, payload) => got.push([type, child, payload.toString()]));
        const bytes = Buffer.concat(frames.map(([type, child, text]) => encodeText(type, child, text)));
        for (const part of cut(bytes, at)) reader.push(part);
        expect(got).toEqual(frames);
      }),
    );
  });

  test('that are too long or make no sense are refused before they are collected', () => {
    const reader = () => new FrameReader(() => {}, 1000);
    const header = (length: number) => {
      const bytes = Buffer.alloc(9);
      bytes.writeUInt32LE(length);
      return bytes;
    };
    expect(() => reader().push(header(997))).toThrow('not accepted');
    expect(() => reader().push(header(4))).toThrow('not accepted');
    expect(() => reader().push(header(996))).not.toThrow();
  });
});

describe('lines', () => {
  const split = (parts: readonly Buffer[], longest = 1000) => {
    const lines: string[] = [];
    const tooLong: string[] = [];
    const splitter = new LineSplitter(
      longest,
      (line) => lines.push(line.toString()),
      (start) => tooLong.push(start.toString()),
    );
    for (const part of parts) splitter.push(part);
    splitter.end();
    return { lines, tooLong };
  };

  test('come out whole, wherever the stream is cut', () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n\n')), { maxLength: 10 }),
        places,
        (all, at) => {
          const bytes = Buffer.from(all.flat().join(''));
          expect(split(cut(bytes, at)).lines).toEqual(all.map(([text]) => text));
        },
      ),
    );
  });

  test('that are too long are reported once, cut off, and do not hurt those after them', () => {
    const bytes = Buffer.from(`ok\n${'x'.repeat(50)}\nagain\n`);
    for (const parts of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))]) {
      expect(split(parts, 10)).toEqual({ lines: ['ok', 'again'], tooLong: ['x'.repeat(10)] });
    }
  });
});
