import { expect, test } from 'vitest';
import { trayBitmap } from '#src/main/desktop/tray-image';

const STATES = ['well', 'attention', 'broken', 'off'] as const;
const PANELS = ['dark', 'light', 'template'] as const;
const SIZE = 22;
const alphaOf = (bitmap: Buffer) => bitmap.filter((_byte, index) => index % 4 === 3);

test('every two states differ by far in shape, not in colour alone', () => {
  for (const [index, one] of STATES.entries()) {
    for (const other of STATES.slice(index + 1)) {
      const [a, b] = [alphaOf(trayBitmap(one, SIZE, 'template')), alphaOf(trayBitmap(other, SIZE, 'template'))];
      const different = a.filter((alpha, pixel) => Math.abs(alpha - (b[pixel] ?? 0)) > 128).length;
      expect(different, `${one} and ${other}`).toBeGreaterThan(SIZE);
    }
  }
});

test('dark and light panels get different colours, and a template is black', () => {
  for (const state of STATES) {
    expect(trayBitmap(state, SIZE, 'dark')).not.toEqual(trayBitmap(state, SIZE, 'light'));
    const template = trayBitmap(state, SIZE, 'template');
    expect(template.every((byte, index) => index % 4 === 3 || byte === 0)).toBe(true);
  }
});

test('colours are premultiplied, and the edge stays free', () => {
  for (const state of STATES) {
    for (const panel of PANELS) {
      const bitmap = trayBitmap(state, SIZE, panel);
      expect(bitmap).toHaveLength(SIZE * SIZE * 4);
      for (let i = 0; i < bitmap.length; i += 4) {
        const alpha = bitmap[i + 3] ?? 0;
        expect(Math.max(...bitmap.subarray(i, i + 3))).toBeLessThanOrEqual(alpha);
      }
      expect(
        alphaOf(bitmap)
          .subarray(0, SIZE)
          .every((alpha) => alpha === 0),
      ).toBe(true);
    }
  }
});
