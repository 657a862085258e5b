import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClockPower } from '#src/main/platform/clock-power';
import { HOUR, MINUTE, type Ms, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

function make(countsSleep: boolean, coarse: Ms = 1) {
  const system = new FakeClock();
  const power = new ClockPower(
    {
      now: () => system.now(),
      monotonic: () => system.monotonic(),
      uptime: () => Math.floor(system.uptime() / coarse) * coarse,
      countsSleep,
    },
    system,
  );
  const slept: Ms[] = [];
  power.onResume((ms) => slept.push(ms));
  return { system, power, slept };
}

describe('where the monotonic clock stands still in sleep', () => {
  test('a sleep is told within a second of waking, with its length', () => {
    const { system, slept } = make(false);
    system.advance(10 * MINUTE);
    system.suspend(8 * HOUR);
    system.advance(SECOND);
    expect(slept).toHaveLength(1);
    expect(Math.abs((slept[0] ?? 0) - 8 * HOUR)).toBeLessThan(5);
  });

  test('a process that was stopped or starved did not sleep', () => {
    const { system, slept } = make(false);
    system.advance(MINUTE);
    for (const stopped of [5 * SECOND, MINUTE, HOUR]) system.sleep(stopped);
    system.advance(MINUTE);
    expect(slept).toEqual([]);
  });

  test('a wall clock that is set says nothing, whatever uptime’s grain, and no error adds up', () => {
    const step = fc.oneof(
      fc.record({ set: fc.integer({ min: -HOUR, max: HOUR }) }),
      fc.record({ run: fc.integer({ min: 1, max: 30_000 }) }),
      fc.record({ stop: fc.integer({ min: 1, max: 30_000 }) }),
    );
    fc.assert(
      fc.property(fc.constantFrom(1, 10, 1_000), fc.array(step, { maxLength: 60 }), (coarse, steps) => {
        const { system, slept } = make(false, coarse);
        for (const one of steps) {
          if ('set' in one) system.setBy(one.set);
          else if ('run' in one) system.advance(one.run);
          else system.sleep(one.stop);
        }
        expect(slept).toEqual([]);
      }),
    );
  });
});

describe('where the monotonic clock counts sleep', () => {
  test('a check that comes much too late slept', () => {
    const { system, slept } = make(true);
    system.advance(MINUTE);
    system.sleep(8 * HOUR);
    expect(slept).toHaveLength(1);
    expect(Math.abs((slept[0] ?? 0) - 8 * HOUR)).toBeLessThan(2 * SECOND);
  });

  test('a busy machine did not', () => {
    const { system, slept } = make(true);
    for (let turn = 0; turn < 20; turn++) system.sleep(14 * SECOND);
    expect(slept).toEqual([]);
  });
});

test('a closed one leaves no timer', () => {
  const { system, power } = make(false);
  power.close();
  expect(system.pending).toBe(0);
});
