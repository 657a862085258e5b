import type { TrayState } from '../../shared/model/tray-view';

type Colour = readonly [red: number, green: number, blue: number];

/** For dark panels, and for light ones. */
const COLOURS: Readonly<Record<TrayState, { readonly dark: Colour; readonly light: Colour }>> = {
  well: { dark: [74, 222, 128], light: [21, 128, 61] },
  attention: { dark: [251, 191, 36], light: [180, 83, 9] },
  broken: { dark: [248, 113, 113], light: [185, 28, 28] },
  off: { dark: [203, 213, 225], light: [71, 85, 105] },
};
/** macOS colours template images itself; only their alpha counts. */
const TEMPLATE: Colour = [0, 0, 0];
/** Each pixel is looked at in so many places in either direction, for smooth edges. */
const SAMPLES = 4;

/** Whether a point of the square from -1 to 1 (y downwards) belongs to the shape: a disk, a triangle, a cross, a ring. */
const SHAPES: Readonly<Record<TrayState, (x: number, y: number) => boolean>> = {
  well: (x, y) => Math.hypot(x, y) < 0.8,
  attention: (x, y) => {
    const isInside = y < 0.75 && Math.abs(x) < (y + 0.9) * 0.55;
    const isMark = Math.abs(x) < 0.13 && ((y > -0.3 && y < 0.25) || (y > 0.38 && y < 0.6));
    return isInside && !isMark;
  },
  broken: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.8 && Math.min(Math.abs(x - y), Math.abs(x + y)) < 0.36,
  off: (x, y) => Math.hypot(x, y) < 0.8 && Math.hypot(x, y) > 0.5,
};

/**
 * Draws the icon for a state as `size` × `size` pixels, four bytes each: blue, green, red, alpha, with colours premultiplied.
 * The states differ in shape as well as in colour.
 *
 * @param panel - what the icon lies on; `template` for macOS
 */
export function trayBitmap(state: TrayState, size: number, panel: 'dark' | 'light' | 'template'): Buffer {
  const [red, green, blue] = panel === 'template' ? TEMPLATE : COLOURS[state][panel];
  const pixels = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const share = coverage(SHAPES[state], column, row, size);
      const bytes = [blue * share, green * share, red * share, 255 * share].map(Math.round);
      pixels.set(bytes, (row * size + column) * 4);
    }
  }
  return pixels;
}

/** Which share of a pixel the shape covers. */
function coverage(shape: (x: number, y: number) => boolean, column: number, row: number, size: number): number {
  let hits = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const x = column + ((i % SAMPLES) + 0.5) / SAMPLES;
    const y = row + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES;
    if (shape((x / size) * 2 - 1, (y / size) * 2 - 1)) hits++;
  }
  return hits / (SAMPLES * SAMPLES);
}
