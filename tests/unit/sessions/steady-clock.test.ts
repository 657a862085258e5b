import { describe, expect, test } from 'vitest';
import { type ClockChange, SteadyClock } from '#src/main/sessions/steady-clock';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

function make() {
  const system = new FakeClock();
  const changes: ClockChange[] = [];
  const clock = new SteadyClock(system, (change) => changes.push(change));
  system.every(SECOND, () => clock.now());
  return { system, clock, changes, start: system.now(), kinds: () => changes.map(({ what }) => what) };
}

describe('the time told', () => {
  test('goes with the wall clock, drift and sleep included', () => {
    const { system, clock, changes } = make();
    for (const step of [400, -700, 1_900, -1_900]) {
      system.setBy(step);
      system.advance(MINUTE);
      expect(clock.now()).toBe(system.now());
    }
    system.sleep(3 * DAY);
    expect(clock.now()).toBe(system.now());
    expect(changes).toEqual([]);
  });

  test.for([2 * DAY, -2 * DAY, 10 * SECOND])('takes no notice of a clock that is off by %i ms for moments', (by) => {
    const { system, clock, start, kinds } = make();
    system.setBy(by);
    system.advance(3 * SECOND);
    expect(clock.now()).toBe(start + 3 * SECOND);
    system.setBy(-by);
    system.advance(HOUR);
    expect(clock.now()).toBe(start + 3 * SECOND + HOUR);
    expect(kinds()).toEqual(['set', 'set back']);
  });

  test.for([2 * DAY, -2 * DAY])('follows a clock that stays set by %i ms', (by) => {
    const { system, clock, kinds } = make();
    system.setBy(by);
    system.advance(59 * SECOND);
    expect(clock.now()).toBe(system.now() - by);
    system.advance(3 * SECOND);
    expect(clock.now()).toBe(system.now());
    expect(kinds()).toEqual(['set', 'believed']);
  });

  test('doubts every new setting anew', () => {
    const { system, clock, start } = make();
    for (let turn = 0; turn < 20; turn++) {
      system.setBy(DAY);
      system.advance(30 * SECOND);
    }
    expect(clock.now()).toBe(start + 10 * MINUTE);
  });
});

describe('the uptime, which is costly to read', () => {
  test('is read now and then, however often the time is asked for', () => {
    const { system, clock } = make();
    let reads = 0;
    const uptime = system.uptime.bind(system);
    system.uptime = () => {
      reads += 1;
      return uptime();
    };
    for (let asked = 0; asked < 10_000; asked += 1) {
      system.advance(0.1);
      clock.now();
      clock.lived();
    }
    expect(reads).toBeGreaterThan(2);
    expect(reads).toBeLessThan(10);
  });

  test('tells of a sleep at once, and within a moment if the clock was set back by as much', () => {
    const { system, clock, start, kinds } = make();
    clock.now();
    system.suspend(HOUR);
    expect(clock.now()).toBe(start + HOUR);
    system.suspend(HOUR);
    system.setBy(-HOUR);
    system.advance(SECOND);
    expect(clock.now()).toBe(start + 2 * HOUR + SECOND);
    expect(kinds()).toEqual(['set']);
  });
});

test('lived time is what passed while the machine was awake, whatever the wall clock says', () => {
  const { system, clock } = make();
  system.setBy(5 * DAY);
  system.advance(HOUR);
  system.setBy(-9 * DAY);
  system.advance(HOUR);
  system.sleep(HOUR);
  expect(clock.lived()).toBe(2 * HOUR);
});

test('sleep that the monotonic clock does not count is no jump', () => {
  const { system, clock, changes } = make();
  system.suspend(8 * HOUR);
  expect(clock.now()).toBe(system.now());
  expect(clock.lived()).toBe(0);
  expect(changes).toEqual([]);
});

describe('the next run', () => {
  test('goes on with lived time, and not with the time between', () => {
    const { system, clock } = make();
    system.advance(HOUR);
    const left = clock.state();
    system.setBy(5 * DAY);
    const next = new SteadyClock(system);
    next.resume(left);
    expect(next.now()).toBe(system.now());
    expect(next.lived()).toBe(HOUR);
  });

  test('begins no earlier than the last one ended, and believes an earlier clock when it holds', () => {
    const { system, clock } = make();
    system.advance(HOUR);
    const left = clock.state();
    system.setBy(-2 * DAY);
    const next = new SteadyClock(system);
    next.resume(left);
    system.every(SECOND, () => next.now());
    expect(next.now()).toBe(left.at);
    system.advance(30 * SECOND);
    expect(next.now()).toBe(left.at + 30 * SECOND);
    system.advance(MINUTE);
    expect(next.now()).toBe(system.now());
  });
});

describe('a token', () => {
  const issue = ({ clock }: ReturnType<typeof make>, life = 15 * MINUTE) => {
    const issuedAt = clock.tokens.now();
    return { issuedAt, expiresAt: issuedAt + life };
  };

  test('that was said to have expired stays so when the clock goes back', () => {
    const made = make();
    const token = issue(made);
    made.system.setBy(2 * DAY);
    expect(made.clock.tokens.hasExpired(token)).toBe(true);
    made.system.setBy(-2 * DAY);
    expect(made.clock.tokens.hasExpired(token)).toBe(true);
    made.system.setBy(-3 * DAY);
    made.system.advance(HOUR);
    expect(made.clock.tokens.hasExpired(token)).toBe(true);
  });

  test('that nobody used while the clock was ahead is as good as before', () => {
    const made = make();
    const token = issue(made);
    made.system.setBy(2 * DAY);
    made.system.advance(3 * SECOND);
    made.system.setBy(-2 * DAY);
    expect(made.clock.tokens.hasExpired(token)).toBe(false);
    made.system.advance(15 * MINUTE);
    expect(made.clock.tokens.hasExpired(token)).toBe(true);
  });

  test.for([2 * DAY, -2 * DAY])('issued after the clock was set by %i ms lives as long as any', (by) => {
    const made = make();
    made.system.advance(HOUR);
    issue(made);
    made.system.setBy(by);
    made.system.advance(10 * SECOND);
    const first = issue(made);
    made.system.advance(5 * MINUTE);
    const second = issue(made);
    expect(made.clock.tokens.hasExpired(first)).toBe(false);
    made.system.setBy(-by);
    made.system.advance(9 * MINUTE);
    expect([first, second].map((token) => made.clock.tokens.hasExpired(token))).toEqual([false, false]);
    made.system.advance(2 * MINUTE);
    expect([first, second].map((token) => made.clock.tokens.hasExpired(token))).toEqual([true, false]);
    made.system.advance(5 * MINUTE);
    expect(made.clock.tokens.hasExpired(second)).toBe(true);
  });

  test('stays expired over restarts under a clock that was set back', () => {
    const made = make();
    const token = issue(made);
    made.system.advance(16 * MINUTE);
    const left = made.clock.state();
    made.system.setBy(-DAY);
    const next = new SteadyClock(made.system);
    next.resume(left);
    made.system.every(SECOND, () => next.now());
    for (let hour = 0; hour < 25; hour++) {
      expect(next.tokens.hasExpired(token)).toBe(true);
      made.system.advance(HOUR);
    }
  });
});

describe('the age of what an earlier run began', () => {
  test.for([0, DAY, -DAY])('is what the machine counted, with a clock set by %i ms while nobody ran', (by) => {
    const { system, clock } = make();
    const began = clock.now();
    system.advance(5 * MINUTE);
    const left = clock.state();
    system.sleep(3 * MINUTE);
    system.setBy(by);
    const next = new SteadyClock(system);
    next.resume(left, left.at + SECOND);
    expect(next.ageOf(began)).toBe(8 * MINUTE);
    system.advance(2 * MINUTE);
    expect(next.ageOf(began), 'and goes on when the new time is believed').toBe(10 * MINUTE);
    expect(next.ageOf(next.now() + 10 * DAY), 'never negative').toBe(0);
  });

  test('is bounded where the machine was restarted too, and only the wall clock knows', () => {
    const { system, clock } = make();
    const began = clock.now();
    system.advance(5 * MINUTE);
    const left = { ...clock.state(), uptime: HOUR };
    system.setBy(400 * DAY);
    const next = new SteadyClock(system);
    next.resume(left);
    expect(next.ageOf(began)).toBe(DAY + 5 * MINUTE);
    const older = new SteadyClock(system);
    older.resume({ at: left.at, lived: left.lived, tokenOffset: left.tokenOffset });
    expect(older.ageOf(began), 'as an older version left it').toBe(DAY + 5 * MINUTE);
  });
});
