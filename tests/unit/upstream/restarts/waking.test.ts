import { expect, test } from 'vitest';
import { NO_FAILURES } from '#src/main/upstream/restarts/restart-policy';
import { StartGate, type Starts } from '#src/main/upstream/restarts/start-gate';
import { Waking } from '#src/main/upstream/restarts/waking';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';

function make() {
  const clock = new FakeClock();
  const waking = new Waking(clock);
  const server: Starts = { starts: NO_FAILURES };
  const gate = new StartGate({ clock, timers: clock, random: seededRandom(1), waking }, server);
  /** Times of the tries, until it is told to stop failing. */
  const tries: number[] = [];
  const fail = () => {
    tries.push(clock.monotonic());
    gate.begin();
    gate.failed();
    gate.plan(fail);
  };
  return { clock, waking, server, gate, tries, fail };
}

test('failures soon after waking open no circuit, and are followed by tries in short steps', () => {
  const { clock, waking, server, gate, tries, fail } = make();
  waking.begin();
  gate.woke();
  fail();
  clock.advance(29 * SECOND);
  expect(gate.isOpen).toBe(false);
  expect(server.starts).toMatchObject({ attempt: 0, failures: [] });
  const steps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  expect(Math.max(...steps)).toBeLessThan(3 * SECOND);
  expect(steps[0]).toBeLessThan(SECOND);
});

test('later ones count as ever', () => {
  const { clock, waking, gate, fail } = make();
  waking.begin();
  gate.woke();
  fail();
  clock.advance(90 * SECOND);
  expect(gate.isOpen).toBe(true);
});

test('what was planned for later is tried when the machine wakes, a circuit that is open once', () => {
  const { clock, waking, gate, tries, fail } = make();
  fail();
  clock.advance(120 * SECOND);
  expect(gate.isOpen).toBe(true);
  const before = tries.length;
  waking.begin();
  gate.woke();
  gate.plan(fail);
  clock.advance(SECOND);
  expect(tries.length).toBeGreaterThan(before);
});
