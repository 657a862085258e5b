import { test as base, describe, expect } from 'vitest';
import { ContentsRecorder } from '#src/main/activity/contents/contents-recorder';
import { ContentsRecording } from '#src/main/activity/recording';
import { valuesIn } from '#src/main/mcp/message-text';
import { SteadyClock } from '#src/main/sessions/steady-clock';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

class Kept {
  readonly values = new Map<string, string>();
  isFull = false;

  get<T>(name: string): T | null {
    const text = this.values.get(name);
    return text === undefined ? null : JSON.parse(text);
  }

  set(name: string, value: unknown): void {
    if (this.isFull) throw new Error('the disk is full');
    this.values.set(name, JSON.stringify(value));
  }
}

const test = base
  .extend('system', () => new FakeClock())
  .extend('clock', ({ system }) => new SteadyClock(system))
  .extend('kept', () => new Kept())
  .extend('recording', ({ clock, kept }) => new ContentsRecording({ clock, kept }));

/** Time passes as it does for Holdfast, which looks at its clocks every second. */
function pass(system: FakeClock, clock: SteadyClock, ms: number): void {
  for (let passed = 0; passed < ms; passed += 5 * SECOND) {
    system.advance(5 * SECOND);
    clock.now();
  }
}

describe('the recording of contents', () => {
  test('is off until somebody asks for it', ({ recording }) => {
    expect(recording.isOn).toBe(false);
    expect(recording.wants('tickets')).toBe(false);
    expect(recording.state()).toEqual({ servers: [], everything_left_ms: null });
  });

  test('of everything is over when its minutes are', ({ system, clock, recording }) => {
    recording.change({ minutes: 15 });
    expect(recording.wants(null)).toBe(true);
    pass(system, clock, 14 * MINUTE);
    expect(recording.state().everything_left_ms).toBeCloseTo(MINUTE, -4);
    pass(system, clock, MINUTE + 5 * SECOND);
    expect(recording.isOn).toBe(false);
  });

  test('of a server lasts until it is switched off, over restarts', ({ system, clock, kept, recording }) => {
    recording.change({ servers: { tickets: true, files: true } });
    pass(system, clock, HOUR);
    const next = new ContentsRecording({ clock, kept });
    expect(next.state().servers).toEqual(['files', 'tickets']);
    expect([next.wants('tickets'), next.wants('other'), next.wants(null)]).toEqual([true, false, false]);
    next.change({ servers: { tickets: false } });
    expect(new ContentsRecording({ clock, kept }).state().servers).toEqual(['files']);
  });

  test('goes on after a restart for what is left, not longer', ({ system, clock, kept, recording }) => {
    recording.change({ minutes: 15 });
    pass(system, clock, 5 * MINUTE);
    const state = clock.state();
    system.advance(4 * MINUTE);
    const nextClock = new SteadyClock(system);
    nextClock.resume(state);
    const next = new ContentsRecording({ clock: nextClock, kept });
    expect(next.state().everything_left_ms).toBeCloseTo(6 * MINUTE, -4);
    pass(system, nextClock, 6 * MINUTE + 10 * SECOND);
    expect(next.isOn).toBe(false);
    expect(new ContentsRecording({ clock: nextClock, kept }).isOn).toBe(false);
  });

  test('is off after a restart that took longer, also when nothing ran meanwhile', ({
    system,
    clock,
    kept,
    recording,
  }) => {
    recording.change({ minutes: 15 });
    const state = clock.state();
    system.advance(HOUR);
    const nextClock = new SteadyClock(system);
    nextClock.resume(state);
    expect(new ContentsRecording({ clock: nextClock, kept }).isOn).toBe(false);
  });

  test('is not prolonged by a clock that is set back', ({ system, clock, recording }) => {
    recording.change({ minutes: 15 });
    system.setBy(-10 * HOUR);
    pass(system, clock, 15 * MINUTE + 5 * SECOND);
    expect(recording.isOn).toBe(false);
  });

  test('is off at once when that cannot be written, and not on', ({ kept, recording }) => {
    recording.change({ minutes: 15, servers: { tickets: true } });
    kept.isFull = true;
    expect(() => recording.change({ minutes: 0, servers: { tickets: false } })).toThrow('full');
    expect(recording.isOn).toBe(false);
    expect(() => recording.change({ minutes: 15 })).toThrow('full');
    expect(recording.isOn).toBe(false);
  });

  test('that could not be written as off is written later, and is off after a restart', ({
    system,
    clock,
    kept,
    recording,
  }) => {
    recording.change({ minutes: 15, servers: { tickets: true, files: true } });
    kept.isFull = true;
    expect(() => recording.change({ minutes: 0, servers: { tickets: false, other: true } })).toThrow('full');
    recording.settle();
    kept.isFull = false;
    expect(new ContentsRecording({ clock, kept }).wants('tickets')).toBe(true);
    pass(system, clock, 5 * SECOND);
    expect(recording.isOn).toBe(true);
    expect(new ContentsRecording({ clock, kept }).state()).toEqual({ servers: ['files'], everything_left_ms: null });
  });

  test('is written as off at the end, if it could not be before', ({ clock, kept, recording }) => {
    recording.change({ minutes: 15 });
    kept.isFull = true;
    expect(() => recording.change({ minutes: 0 })).toThrow('full');
    kept.isFull = false;
    recording.settle();
    expect(new ContentsRecording({ clock, kept }).isOn).toBe(false);
  });

  test('is off for good also when too many were to be switched on with it', ({ clock, kept, recording }) => {
    recording.change({ minutes: 15, servers: { tickets: true } });
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`s${index}`, true]));
    expect(() => recording.change({ minutes: 0, servers: { ...many, tickets: false } })).toThrow('at most 200');
    expect(recording.isOn).toBe(false);
    expect(new ContentsRecording({ clock, kept }).isOn).toBe(false);
  });

  test('is off for a server that is gone, also when one of its name comes', ({ clock, kept, recording }) => {
    recording.change({ servers: { tickets: true, files: true } });
    recording.keepOnly(['files', 'other']);
    recording.keepOnly(['files', 'tickets']);
    expect(recording.state().servers).toEqual(['files']);
    expect(new ContentsRecording({ clock, kept }).state().servers).toEqual(['files']);
  });

  test('ends also when it was written with a clock that was far ahead', ({ system, clock, kept }) => {
    const far = 10_000 * HOUR;
    kept.set('activity_recording', { servers: [], until: { lived: clock.lived() + far, at: clock.now() + far } });
    const next = new ContentsRecording({ clock, kept });
    expect(next.isOn).toBe(true);
    pass(system, clock, 120 * MINUTE);
    const restarted = new ContentsRecording({ clock, kept });
    expect(restarted.isOn).toBe(true);
    pass(system, clock, 121 * MINUTE);
    expect([next.isOn, restarted.isOn]).toEqual([false, false]);
  });

  test.for([null, [], 'x', { servers: 'all', until: 7 }, { servers: [7, 'a'], until: { lived: 'x', at: 1 } }])(
    'reads what another version left: %j',
    (left, { clock, kept }) => {
      kept.set('activity_recording', left);
      const { everything_left_ms } = new ContentsRecording({ clock, kept }).state();
      expect(everything_left_ms).toBeNull();
    },
  );
});

describe('messages that are held until their outcome', () => {
  test('are bounded: the oldest is given up, and its contents are not recorded', ({ recording }) => {
    recording.change({ minutes: 15 });
    const recorder = new ContentsRecorder(recording, (text) => text);
    const big = () => valuesIn(`{"params":{"text":"${'x'.repeat(9 * 1024 * 1024)}"}}`)[0] as object;
    const small = recorder.hold({ params: { a: 1 } });
    const held = [1, 2, 3, 4].map(() => recorder.hold(big()));
    expect(recorder.contentsOf(small, null)).toBeUndefined();
    // Whoever still waits for their outcome must not keep their texts in memory.
    expect([small, ...held].map((one) => one?.message === null)).toEqual([true, true, false, false, false]);
    expect(recorder.contentsOf(held[0] ?? null, null)).toBeUndefined();
    expect(recorder.contentsOf(held[3] ?? null, null)?.parts.params).toMatchObject({ json: null, cut: true });
    for (const one of held) recorder.release(one);
    const again = recorder.hold({ params: { a: 1 } });
    expect(recorder.contentsOf(again, null)?.parts.params?.json).toBe('{"a":1}');
  });

  test('are recorded only if that was on without a break since they came', ({ system, clock, recording }) => {
    const recorder = new ContentsRecorder(recording, (text) => text);
    const hold = () => recorder.hold({ params: { a: 1 } });
    const isKept = (held: ReturnType<typeof hold>, server: string | null) =>
      recorder.contentsOf(held, server) !== undefined;
    recording.change({ servers: { files: true } });
    const early = hold();
    recording.change({ servers: { tickets: true } });
    const late = hold();
    expect([isKept(early, 'tickets'), isKept(early, 'files'), isKept(late, 'tickets')]).toEqual([false, true, true]);
    recording.change({ servers: { tickets: false } });
    recording.change({ servers: { tickets: true, files: true } });
    expect([isKept(late, 'tickets'), isKept(late, 'files'), isKept(hold(), 'tickets')]).toEqual([false, true, true]);
    const before = hold();
    recording.change({ minutes: 1 });
    const during = hold();
    expect([isKept(before, 'other'), isKept(during, null)]).toEqual([false, true]);
    recording.change({ minutes: 2 });
    expect(isKept(during, null)).toBe(true);
    pass(system, clock, 2 * MINUTE + 5 * SECOND);
    recording.change({ minutes: 1 });
    expect([isKept(during, null), isKept(hold(), null)]).toEqual([false, true]);
  });
});
