import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Display, displaySetup, LEAST_SIZE, placeFor, withPlace } from '#src/main/desktop/window-place';

const display = (x: number, y: number, width: number, height: number): Display => ({
  bounds: { x, y, width, height },
  workArea: { x, y: y + 30, width, height: height - 30 },
});
const LAPTOP = [display(0, 0, 1440, 900)];
const DOCKED = [display(0, 0, 1440, 900), display(1440, 0, 2560, 1440)];
const place = (x: number, y: number, width = 1000, height = 700) => ({ x, y, width, height, maximized: false });

describe('the place of the window', () => {
  test('is kept for each set-up of displays', () => {
    const kept = withPlace(withPlace(null, LAPTOP, place(10, 40)), DOCKED, place(1500, 100));
    expect(placeFor(kept, LAPTOP)).toEqual(place(10, 40));
    expect(placeFor(kept, DOCKED.toReversed())).toEqual(place(1500, 100));
    expect(placeFor(kept, [display(0, 0, 1280, 720)])).toBeNull();
  });

  test.for([
    ['left of every screen', place(-990, 100)],
    ['below', place(100, 890)],
    ['with its title bar above', place(100, -20)],
    ['far away', place(100_000, 100_000)],
  ] as const)('is not used %s, where nobody could see or move it', ([, gone]) => {
    expect(placeFor(withPlace(null, LAPTOP, gone), LAPTOP)).toBeNull();
  });

  test('is no larger than the screen and no smaller than the window may be', () => {
    expect(placeFor(withPlace(null, LAPTOP, place(0, 40, 5_000, 10)), LAPTOP)).toMatchObject({
      width: 1440,
      height: LEAST_SIZE.height,
    });
  });

  test('is forgotten first where it was used longest ago', () => {
    const setups = Array.from({ length: 20 }, (_, index) => [display(0, 0, 1000 + index, 900)]);
    let kept: unknown = null;
    for (const setup of setups) kept = withPlace(kept, setup, place(0, 40));
    expect(setups.filter((setup) => placeFor(kept, setup) !== null)).toEqual(setups.slice(4));
  });

  test('is not used if it would be out of sight once it fits the screen', () => {
    const wide = { displays: displaySetup(DOCKED), x: -1_440, y: 30, width: 1_560, height: 600, maximized: false };
    expect(placeFor([wide], DOCKED)).toBeNull();
    expect(placeFor([{ ...wide, x: -1_300 }], DOCKED)).toMatchObject({ x: -1_300, width: 1_440 });
  });

  test('is read from anything without failing, and then can be seen', () => {
    const displays = DOCKED;
    const record = fc.record(
      {
        displays: fc.oneof(fc.constant(displaySetup(displays)), fc.string()),
        x: fc.oneof(fc.integer(), fc.integer({ min: -2_000, max: 4_000 }), fc.string()),
        y: fc.oneof(fc.integer(), fc.integer({ min: -500, max: 1_500 })),
        width: fc.oneof(fc.integer(), fc.double()),
        height: fc.integer(),
        maximized: fc.oneof(fc.boolean(), fc.constant(1)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(record)), (kept) => {
        const found = placeFor(kept, displays);
        if (found === null) return;
        expect(displays.some(({ bounds: { x, width } }) => found.x < x + width && found.x + found.width > x)).toBe(
          true,
        );
        expect(found.width).toBeLessThanOrEqual(2560);
      }),
    );
  });
});
