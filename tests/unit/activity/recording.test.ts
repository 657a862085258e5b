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
    expect(recorder.contentsOf(held[0] ?? null, null)).toBeUndefined();
    expect(recorder.contentsOf(held[3] ?? null, null)?.parts.params).toMatchObject({ json: null, cut: true });
    for (const one of held) recorder.release(one);
    const again = recorder.hold({ params: { a: 1 } });
    expect(recorder.contentsOf(again, null)?.parts.params?.json).toBe('{"a":1}');
  });
});
