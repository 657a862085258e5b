import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Found, PacedRefresh } from '#src/renderer/store/paced-refresh';
import type { Ms } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

const STEP: Ms = 1;
const LONGEST: Ms = 2_000;

/** A refresh that takes as long as `took` says, on time that is moved by hand. */
function setUp(took: Ms = 0) {
  const clock = new FakeClock();
  const begin = clock.monotonic();
  const at = () => Math.round(clock.monotonic() - begin);
  const state = { took, isSeen: true, fails: false, found: 'something' as Found, running: 0 };
  const done = { begun: [] as Ms[], ended: [] as Ms[], periods: [] as Ms[] };
  const paced = new PacedRefresh({
    now: () => clock.monotonic(),
    after: (delay, work) => clock.after(delay, work),
    isSeen: () => state.isSeen,
    longest: () => LONGEST,
    onPeriod: (period) => done.periods.push(Math.round(period)),
    async refresh() {
      state.running += 1;
      expect(state.running, 'one at a time').toBe(1);
      done.begun.push(at());
      if (state.took > 0) await new Promise<void>((resolve) => clock.after(state.took, resolve));
      state.running -= 1;
      done.ended.push(at());
      if (state.fails) throw new Error('nobody answers');
      return state.found;
    },
  });
  /** Lets time pass in small steps, so that what waits for a promise gets its turn; something new comes with each. */
  const pass = async (ms: Ms, news = false) => {
    for (let passed = 0; passed < ms; passed += STEP) {
      if (news) paced.want();
      clock.advance(STEP);
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
  };
  return { clock, paced, state, done, pass };
}

describe('a paced refresh', () => {
  test('shows a single call at once, and the next ones together', async () => {
    const { paced, done, pass } = setUp(5);
    paced.want();
    expect(done.begun).toEqual([0]);
    await pass(50);
    paced.want();
    paced.want();
    paced.want();
    await pass(1_000);
    expect(done.begun).toHaveLength(2);
    expect(done.begun[1]).toBeGreaterThanOrEqual(250);
    expect(done.begun[1]).toBeLessThan(270);
    paced.want();
    expect(done.begun, 'after a pause').toHaveLength(3);
  });

  test.each([
    [4, 250],
    [27, 250],
    [57, 1_000],
    [95, 1_950],
    [400, LONGEST],
  ])('that takes %d ms begins every %d ms while new things keep coming', async (took, period) => {
    const { done, pass } = setUp(took);
    await pass(20_000, true);
    const gaps = done.begun.slice(1).map((at, index) => at - (done.begun[index] ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(period - 60);
      expect(gap).toBeLessThanOrEqual(period + 60);
    }
    expect(done.periods.every((one) => Math.abs(one - period) < 60)).toBe(true);
  });

  test('pauses between two refreshes even if each takes longer than the longest time', async () => {
    const { done, pass } = setUp(3_000);
    await pass(15_000, true);
    expect(done.begun.length).toBeGreaterThan(3);
    for (const [index, end] of done.ended.slice(0, -1).entries()) {
      expect((done.begun[index + 1] ?? 0) - end).toBeGreaterThanOrEqual(250 - 2 * STEP);
    }
  });

  test('is quick again once it is cheap', async () => {
    const { state, done, pass } = setUp(200);
    await pass(6_000, true);
    expect(done.periods.at(-1)).toBe(LONGEST);
    state.took = 4;
    await pass(20_000, true);
    expect(done.periods.at(-1)).toBeLessThan(300);
  });

  test('waits for nothing after it found nothing, however long that took', async () => {
    const { paced, state, done, pass } = setUp(200);
    state.found = 'nothing';
    paced.want();
    await pass(260);
    paced.want();
    expect(done.begun).toHaveLength(2);
    expect(done.begun[1]).toBeLessThan(270);
  });

  test('takes the longest time while more comes than anybody could read, however cheap that is', async () => {
    const { state, done, pass } = setUp(5);
    await pass(100, true);
    state.found = 'flood';
    await pass(10_000, true);
    expect(done.periods.at(-1)).toBe(LONGEST);
    expect(done.begun).toHaveLength(6);
    state.found = 'something';
    await pass(5_000, true);
    expect(done.periods.at(-1)).toBe(250);
  });

  test('does nothing while nobody can see it, and is back at once', async () => {
    const { paced, state, done, pass } = setUp(5);
    await pass(100, true);
    expect(done.begun).toEqual([0]);
    // What was planned is left out as well.
    state.isSeen = false;
    await pass(5_000, true);
    expect(done.begun).toEqual([0]);
    expect(paced.lag).toBe(0);
    state.isSeen = true;
    paced.want();
    expect(done.begun).toHaveLength(2);
  });

  test('goes on after a failure', async () => {
    const { state, done, pass } = setUp(5);
    state.fails = true;
    await pass(1_000, true);
    expect(done.begun.length).toBeGreaterThan(2);
  });

  test('says how long the first new thing has waited', async () => {
    const { paced, state, pass } = setUp(10_000);
    expect(paced.lag).toBe(0);
    paced.want();
    await pass(4_000, true);
    expect(Math.round(paced.lag / 100) * 100).toBe(4_000);
    state.took = 5;
    await pass(6_100);
    await pass(2_000);
    expect(paced.lag).toBe(0);
  });

  test('ends with its view', async () => {
    const { clock, paced, done, pass } = setUp(5);
    await pass(50, true);
    paced.close();
    await pass(5_000, true);
    expect(done.begun).toEqual([0]);
    expect(clock.pending).toBe(0);
  });

  test('shows everything that came, however it comes and whatever it costs', async () => {
    const steps = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 1_500 }),
        took: fc.integer({ min: 0, max: 600 }),
        isSeen: fc.boolean(),
      }),
      { minLength: 1, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { paced, state, done, pass } = setUp();
        let last = 0;
        for (const { wait, took, isSeen } of all) {
          await pass(wait);
          Object.assign(state, { took, isSeen });
          last = done.begun.length;
          paced.want();
        }
        state.isSeen = true;
        paced.want();
        await pass(LONGEST + 1_500);
        expect(done.begun.length).toBeGreaterThan(last);
        expect(done.ended).toHaveLength(done.begun.length);
        expect(paced.lag).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
