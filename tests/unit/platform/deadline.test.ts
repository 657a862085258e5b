import { describe, expect, test } from 'vitest';
import { within } from '#src/main/platform/deadline';
import { FakeClock } from '#tests/support/fake-clock';

const never = () => new Promise<never>(() => {});

describe('a promise with a deadline', () => {
  test('comes to what it comes to when that is in time, and leaves no timer', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 1_000, Promise.resolve('done'), () => 'late')).toBe('done');
    await expect(within(clock, 1_000, Promise.reject(new Error('failed')), () => 'late')).rejects.toThrow('failed');
    expect(clock.pending).toBe(0);
  });

  test('comes to what is said in its place when it is late', async () => {
    const clock = new FakeClock();
    const result = within(clock, 1_000, never(), () => null);
    clock.advance(1_000);
    expect(await result).toBeNull();
    expect(clock.pending).toBe(0);
  });

  test('fails with the error that is said in its place', async () => {
    const clock = new FakeClock();
    const result = within(clock, 1_000, never(), () => new RangeError('too slow'));
    clock.advance(1_000);
    await expect(result).rejects.toThrow(RangeError);
  });

  test('may fail later without anybody being told', async () => {
    const clock = new FakeClock();
    let fail = (_: Error) => {};
    const work = new Promise<string>((_, reject) => {
      fail = reject;
    });
    const result = within(clock, 1_000, work, () => 'late');
    clock.advance(1_000);
    expect(await result).toBe('late');
    fail(new Error('an unhandled one would fail this run'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
