import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Power } from '#src/main/platform/ports';
import { MachineSleep } from '#src/main/sessions/machine-sleep';
import { type Sleep, Sleeps } from '#src/main/sessions/sleeps';
import type { NewEvent } from '#src/shared/contract/event';
import { HOUR, type Ms, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

class Source implements Power {
  private listener: (slept: Ms) => void = () => {};
  onSuspend(): () => void {
    return () => {};
  }
  onResume(listener: (slept: Ms) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => {};
    };
  }
  say(slept: Ms): void {
    this.listener(slept);
  }
}

function make(record: (event: NewEvent) => void = () => {}) {
  const clock = new FakeClock();
  const [first, second] = [new Source(), new Source()];
  const events: NewEvent[] = [];
  const problems: unknown[] = [];
  const sleeps = new Sleeps();
  const sleep = new MachineSleep({
    sources: [first, second],
    clock,
    sleeps,
    record: (event) => {
      record(event);
      events.push(event);
    },
    onProblem: (error) => problems.push(error),
  });
  const told: Sleep[] = [];
  sleep.onWake((one) => told.push(one));
  return { clock, first, second, events, problems, sleeps, sleep, told };
}

test('a waking is recorded once and told once, though two sources report it', () => {
  const { clock, first, second, events, told, sleeps } = make();
  const from = clock.now();
  clock.suspend(8 * HOUR);
  first.say(8 * HOUR);
  clock.advance(SECOND);
  second.say(8 * HOUR + 700);
  const slept = { from, to: from + 8 * HOUR };
  expect(events).toEqual([{ at: slept.to, session_id: null, kind: 'machine_slept', payload: slept }]);
  expect(told).toEqual([slept]);
  expect(sleeps.within(0, clock.now())).toBe(8 * HOUR);
});

test('a source that does not know how long it was leaves that to the other', () => {
  const { clock, first, second, events, told } = make();
  clock.suspend(HOUR);
  first.say(0);
  expect(told).toHaveLength(1);
  expect(events).toEqual([]);
  clock.advance(SECOND);
  second.say(HOUR);
  expect(events).toMatchObject([{ payload: { from: clock.now() - HOUR, to: clock.now() } }]);
});

test('the next sleep is another one, however soon it follows', () => {
  const { clock, first, told, events } = make();
  for (let turn = 0; turn < 3; turn++) {
    clock.advance(SECOND);
    clock.suspend(HOUR);
    first.say(HOUR);
    first.say(HOUR);
  }
  expect(told).toHaveLength(3);
  expect(events).toHaveLength(3);
});

test('a full disk, or a listener that throws, keeps nobody from being told', () => {
  const { clock, first, sleep, told, problems } = make(() => {
    throw new Error('the disk is full');
  });
  sleep.onWake(() => {
    throw new Error('a listener failed');
  });
  sleep.onWake((one) => told.push(one));
  clock.suspend(HOUR);
  first.say(HOUR);
  expect(told).toHaveLength(2);
  expect(problems).toHaveLength(2);
});

test('nobody is told after the end', () => {
  const { first, sleep, told } = make();
  sleep.close();
  first.say(HOUR);
  expect(told).toEqual([]);
});

test('sleep within a time is at most that time, and adds up over its parts', () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), { maxLength: 20 });
  const moments = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 2_200 })));
  fc.assert(
    fc.property(spans, moments, (parts, times) => {
      const sleeps = new Sleeps();
      let at = 0;
      for (const [awake, asleep] of parts) {
        sleeps.add({ from: at + awake, to: at + awake + asleep });
        at += awake + asleep;
      }
      const [a = 0, b = 0, c = 0] = times.toSorted((x, y) => x - y);
      expect(sleeps.within(a, c)).toBeLessThanOrEqual(c - a);
      expect(sleeps.within(a, b) + sleeps.within(b, c)).toBe(sleeps.within(a, c));
    }),
  );
});
