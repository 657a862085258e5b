import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertBook, type Remembered, TELL_AGAIN } from '#src/main/alerts/alert-book';
import type { Trouble } from '#src/main/alerts/troubles';
import { alertKindSchema, type KeptAlertSettings, keptAlertSettingsSchema } from '#src/shared/contract/alert';
import { MINUTE, type Ms, SECOND } from '#src/shared/model/units';

const START: Ms = Date.UTC(2026, 0, 1, 12);
const LOUD = keptAlertSettingsSchema.parse({});

const trouble = (name: string, more: Partial<Trouble> = {}): Trouble => ({
  key: `server_down:server:${name}`,
  kind: 'server_down',
  about: { server: name },
  values: { name, reason: 'failed' },
  sentence: `Server “${name}” is down.`,
  grace: MINUTE,
  ...more,
});

/** A book with its own time: both clocks go on together. */
class Desk {
  now = START;
  book: AlertBook;
  settings: KeptAlertSettings = LOUD;

  constructor(memory: Remembered = {}) {
    this.book = new AlertBook(memory);
  }

  look(after: Ms, ...troubles: Trouble[]) {
    this.now += after;
    return this.book.update(troubles, this.settings, this.now, this.now - START);
  }

  restart(): void {
    this.book = new AlertBook(JSON.parse(JSON.stringify(this.book.memory())));
  }
}

describe('an alert', () => {
  test('opens after its grace, is told once, and closes', () => {
    const desk = new Desk();
    expect(desk.look(0, trouble('a')).opened).toEqual([]);
    expect(desk.look(MINUTE - 1, trouble('a')).opened).toEqual([]);
    const [alert] = desk.look(1, trouble('a')).opened;
    expect(alert).toMatchObject({ kind: 'server_down', about: { server: 'a' }, since: desk.now, ended_at: null });
    expect(desk.look(MINUTE, trouble('a')).opened).toEqual([]);
    expect(desk.look(MINUTE).closed).toEqual([{ ...alert, ended_at: desk.now }]);
    expect(desk.book.list()).toEqual([{ ...alert, ended_at: desk.now }]);
  });

  test('is not told when it heals within its grace, and the grace begins anew', () => {
    const desk = new Desk();
    desk.look(0, trouble('a'));
    desk.look(MINUTE - 1);
    expect(desk.look(1, trouble('a'))).toEqual({ opened: [], closed: [] });
    expect(desk.book.list()).toEqual([]);
  });

  test('that comes again within half an hour is told when that is over, if it is still there', () => {
    const desk = new Desk();
    const now = { grace: 0 };
    expect(desk.look(0, trouble('a', now)).opened).toHaveLength(1);
    desk.look(MINUTE);
    expect(desk.look(MINUTE, trouble('a', now)).opened).toEqual([]);
    expect(desk.book.list().at(-1)).toMatchObject({ told_at: null, ended_at: null });
    expect(desk.look(TELL_AGAIN - 2 * MINUTE, trouble('a', now)).opened).toHaveLength(1);
  });

  test('that was never told closes in silence', () => {
    const desk = new Desk();
    desk.settings = { ...LOUD, off: ['server_down'] };
    expect(desk.look(0, trouble('a', { grace: 0 })).opened).toEqual([]);
    expect(desk.look(1)).toEqual({ opened: [], closed: [] });
  });

  test('of a pause is told with the others when the pause is over', () => {
    const desk = new Desk();
    desk.settings = { ...LOUD, paused_until: START + 10 * MINUTE };
    expect(desk.look(0, trouble('a', { grace: 0 }), trouble('b', { grace: 0 })).opened).toEqual([]);
    const { opened } = desk.look(10 * MINUTE, trouble('a'), trouble('b'));
    expect(opened.map(({ about }) => about)).toEqual([{ server: 'a' }, { server: 'b' }]);
  });

  test('that is open over a restart keeps its id and is not told again, however late', () => {
    const desk = new Desk();
    const [alert] = desk.look(0, trouble('a', { grace: 0 })).opened;
    desk.restart();
    desk.look(TELL_AGAIN, trouble('a'));
    expect(desk.look(MINUTE, trouble('a')).opened).toEqual([]);
    expect(desk.book.list()).toEqual([alert]);
    expect(desk.look(1).closed).toMatchObject([{ id: alert?.id, ended_at: desk.now }]);
  });
});

describe('whatever happens', () => {
  const step = fc.record({
    after: fc.oneof(fc.integer({ min: 0, max: 90 * SECOND }), fc.constant(TELL_AGAIN)),
    broken: fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c')),
    restart: fc.boolean(),
    off: fc.boolean(),
    pausedFor: fc.constantFrom(null, MINUTE),
  });

  test('one thing is told once in half an hour, after its grace, and never while it is off or paused', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const desk = new Desk();
        const toldAt = new Map<string, Ms>();
        const brokenSince = new Map<string, Ms>();
        const open = new Set<string>();
        for (const { after, broken, restart, off, pausedFor } of steps) {
          if (restart) {
            desk.restart();
            brokenSince.clear();
          }
          const at = desk.now + after;
          for (const name of brokenSince.keys()) if (!broken.includes(name)) brokenSince.delete(name);
          for (const name of broken) if (!brokenSince.has(name)) brokenSince.set(name, at);
          desk.settings = {
            ...LOUD,
            off: off ? [...alertKindSchema.options] : [],
            paused_until: pausedFor === null ? null : at + pausedFor,
          };
          const { opened, closed } = desk.look(after, ...broken.map((name) => trouble(name)));
          if (off || pausedFor !== null) expect(opened).toEqual([]);
          for (const { id, about } of opened) {
            const name = about !== null && 'server' in about ? about.server : '';
            expect(at - (brokenSince.get(name) ?? at)).toBeGreaterThanOrEqual(MINUTE);
            expect(at - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(TELL_AGAIN);
            toldAt.set(name, at);
            open.add(id);
          }
          // What is closed was told before, and only once.
          for (const { id } of closed) expect(open.delete(id)).toBe(true);
          expect(new Set(desk.book.list().map(({ id, ended_at }) => `${id} ${ended_at}`)).size).toBe(
            desk.book.list().length,
          );
        }
      }),
    );
  });

  test('what is remembered and listed is bounded', () => {
    const desk = new Desk();
    for (let round = 0; round < 5; round += 1) {
      desk.look(SECOND, ...Array.from({ length: 600 }, (_, index) => trouble(`${round}-${index}`, { grace: 0 })));
    }
    expect(desk.book.list().length).toBeLessThanOrEqual(600);
    expect(Object.keys(desk.book.memory()).length).toBeLessThanOrEqual(1_000);
  });
});
