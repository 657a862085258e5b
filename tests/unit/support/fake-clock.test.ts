import { describe, expect, test } from 'vitest';
import { FakeClock } from '#tests/support/fake-clock';

describe('the tests’ clock', () => {
  test('runs due timers in the order of their times, each at its own time', () => {
    const clock = new FakeClock(1_000);
    const seen: [string, number][] = [];
    clock.after(30, () => seen.push(['late', clock.now()]));
    clock.after(10, () => {
      seen.push(['early', clock.now()]);
      clock.after(5, () => seen.push(['nested', clock.now()]));
    });
    const cancel = clock.every(10, () => seen.push(['tick', clock.now()]));
    clock.advance(25);
    expect(seen).toEqual([
      ['early', 1_010],
      ['tick', 1_010],
      ['nested', 1_015],
      ['tick', 1_020],
    ]);
    cancel();
    clock.advance(100);
    expect(seen.at(-1)).toEqual(['late', 1_030]);
    expect(clock.pending).toBe(0);
    expect(clock.now()).toBe(1_125);
  });

  test('lets the machine sleep: no timer runs meanwhile, what fell due runs once on waking', () => {
    const clock = new FakeClock(0);
    let ticks = 0;
    clock.every(1_000, () => ticks++);
    clock.sleep(60_000);
    expect(ticks).toBe(1);
    clock.advance(2_000);
    expect(ticks).toBe(3);
    expect(clock.now()).toBe(62_000);
  });

  test('sets the wall clock without any time passing', () => {
    const clock = new FakeClock(10_000);
    const before = clock.monotonic();
    clock.setBy(-5_000);
    expect(clock.now()).toBe(5_000);
    expect(clock.monotonic()).toBe(before);
  });
});
