import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { processorTime } from '#src/main/upstream/keeper/group-use';
import { ProcessorUse } from '#src/main/upstream/keeper/processor-use';
import { MINUTE, SECOND } from '#src/shared/model/units';

const times = (...all: [string, number][]) => new Map(all);

describe('processor use', () => {
  test('is what was used since the look before, and nothing is known at the first', () => {
    let now = 0;
    const use = new ProcessorUse(() => now);
    expect(use.percentOf('a', times(['1', 5_000]))).toBeNull();
    now += 10 * SECOND;
    expect(use.percentOf('a', times(['1', 6_000]))).toBe(10);
    now += 10 * SECOND;
    expect(use.percentOf('a', times(['1', 6_000]))).toBe(0);
  });

  test('counts what began since, and leaves out what has ended', () => {
    let now = 0;
    const use = new ProcessorUse(() => now);
    use.percentOf('a', times(['1', 0], ['2', 9_000]));
    now += 10 * SECOND;
    expect(use.percentOf('a', times(['1', 10_000], ['3', 5_000]))).toBe(150);
  });

  test('stays what it was for whoever asks again at once, and measures on from the look before', () => {
    let now = 0;
    const use = new ProcessorUse(() => now);
    use.percentOf('a', times(['1', 0]));
    now += 2 * SECOND;
    expect(use.percentOf('a', times(['1', 1_000]))).toBe(50);
    now += SECOND / 2;
    expect(use.percentOf('a', times(['1', 1_500]))).toBe(50);
    now += SECOND / 2;
    expect(use.percentOf('a', times(['1', 1_500]))).toBe(50);
  });

  test('remembers nothing of what is gone', () => {
    let now = 0;
    const use = new ProcessorUse(() => now);
    use.percentOf('a', times(['1', 0]));
    use.keepOnly(new Set());
    now += 10 * SECOND;
    expect(use.percentOf('a', times(['1', 10_000]))).toBeNull();
  });

  test('is never negative nor infinite, whatever is measured', () => {
    const look = fc.tuple(fc.nat(10 * MINUTE), fc.array(fc.tuple(fc.constantFrom('1', '2', '3'), fc.nat())));
    fc.assert(
      fc.property(fc.array(look), (looks) => {
        let now = 0;
        const use = new ProcessorUse(() => now);
        for (const [later, all] of looks) {
          now += later;
          const percent = use.percentOf('a', new Map(all));
          expect(percent === null || (Number.isFinite(percent) && percent >= 0)).toBe(true);
        }
      }),
    );
  });
});

test.for([
  ['0:00.04', 40],
  ['1:02.50', 62_500],
  ['123:04.00', 7_384_000],
  ['3:04:05', 11_045_000],
  ['2-03:04:05', 183_845_000],
  ['', 0],
  ['-', 0],
] as const)('the time %o of ps is %o ms', ([text, ms]) => {
  expect(processorTime(text)).toBe(ms);
});
