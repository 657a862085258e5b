import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildStrip, STRIP_KINDS, stripItems, stripTotals } from '#src/renderer/features/sessions/strip/strip-model';
import { itemAt } from '#src/renderer/features/sessions/strip/strip-pointer';
import { stripSvg } from '#src/renderer/features/sessions/strip/strip-svg';
import { edgeWords, stripItemWords, stripSummary } from '#src/renderer/features/sessions/strip/strip-words';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import {
  makeCreated,
  makeDisconnect,
  makeEvent,
  makeReconnect,
  makeServerStart,
  makeServerStop,
  makeSession,
  makeSleep,
  T0,
} from './support/make';

const at = (minute: number) => T0 + minute * MINUTE;
const session = makeSession({ created_at: T0 });
const moved = (event: HoldfastEvent, time: number): HoldfastEvent => ({ ...event, at: time });
const strip = (events: readonly HoldfastEvent[], from = T0, to = at(60)) =>
  buildStrip(events.toReversed(), session, { from, to });
const shape = (events: readonly HoldfastEvent[], from?: number, to?: number) =>
  strip(events, from, to).segments.map((one) => `${one.state} ${(one.from - T0) / MINUTE}-${(one.to - T0) / MINUTE}`);

const born = makeCreated(1, 's_one', T0);
const idle = moved(makeEvent(2, 'session_idle'), at(10));
const active = moved(makeEvent(3, 'session_active'), at(20));

describe('segments', () => {
  test('are connected, idle and away, without holes, up to the end', () => {
    const events = [born, idle, active, makeDisconnect(4, at(30)), makeReconnect(5, 5 * MINUTE, at(35))];
    expect(shape(events)).toEqual(['connected 0-10', 'idle 10-20', 'connected 20-30', 'away 30-35', 'connected 35-60']);
  });

  test('begin the gap when contact was lost, not when it was noticed', () => {
    const noticed = makeDisconnect(2, at(30));
    if (noticed.kind !== 'session_disconnected') throw new Error('not a disconnect');
    const drop: HoldfastEvent = { ...noticed, payload: { reason: 'supervisor_killed', contact_lost_at: at(25) } };
    const { segments } = strip([born, drop, makeReconnect(3, 6 * MINUTE, at(31))]);
    expect(segments.map(({ from, to, state }) => [state, from, to])).toEqual([
      ['connected', T0, at(25)],
      ['away', at(25), at(31)],
      ['connected', at(31), at(60)],
    ]);
    expect(segments[1]).toMatchObject({ reason: 'supervisor_killed', cause: 'resumed' });
  });

  test('are asleep while the machine was, whatever the client was before and after', () => {
    const events = [born, idle, makeSleep(3, at(15), at(25)), moved(makeEvent(4, 'session_active'), at(26))];
    expect(shape(events)).toEqual(['connected 0-10', 'idle 10-15', 'asleep 15-25', 'idle 25-26', 'connected 26-60']);
  });

  test('count no sleep as away: a gap that was slept through is one gap, as long as its waking part', () => {
    const events = [
      born,
      makeDisconnect(2, at(10)),
      makeSleep(3, at(12), at(40)),
      makeReconnect(4, 5 * MINUTE, at(43)),
    ];
    const whole = strip(events);
    expect(shape(events)).toEqual(['connected 0-10', 'away 10-12', 'asleep 12-40', 'away 40-43', 'connected 43-60']);
    expect(stripTotals(whole)).toMatchObject({
      away: 5 * MINUTE,
      gaps: 1,
      longestGap: 5 * MINUTE,
      asleep: 28 * MINUTE,
    });
    expect(stripSummary(whole)).toBe('Connected 27 min. Away 5 min. The machine asleep 28 min.');
    const asleep = whole.segments.find(({ state }) => state === 'asleep');
    expect(asleep && stripItemWords(whole, asleep)).toContain('the machine was asleep for 28 min');
  });

  test('show no sleep after the end', () => {
    const over = moved(makeEvent(2, 'session_expired'), at(20));
    expect(shape([born, over, makeSleep(3, at(30), at(40))])).toEqual(['connected 0-20', 'over 20-60']);
  });

  test('leave a gap open while the client is gone, and nothing after the end', () => {
    expect(shape([born, makeDisconnect(2, at(30))])).toEqual(['connected 0-30', 'away 30-60']);
    const closed: HoldfastEvent = {
      seq: 3,
      at: at(40),
      session_id: 's_one',
      kind: 'session_closed',
      payload: { reason: 'user', superseded_by: null },
    };
    expect(shape([born, makeDisconnect(2, at(30)), closed])).toEqual(['connected 0-30', 'away 30-40', 'over 40-60']);
  });

  test('draw the gap that a reconnect measured where no drop was recorded', () => {
    expect(shape([born, makeReconnect(2, 2 * MINUTE, at(30))])).toEqual([
      'connected 0-28',
      'away 28-30',
      'connected 30-60',
    ]);
    expect(shape([born, makeReconnect(2, 0, at(30))])).toEqual(['connected 0-60']);
  });

  test('know that a transport that was attached a moment before its reconnect ended the same gap', () => {
    const attached: HoldfastEvent = {
      seq: 3,
      at: at(34),
      session_id: 's_one',
      kind: 'transport_attached',
      payload: { transport_id: 't_2', era: 'sessionful', protocol_version: '2025-11-25' },
    };
    const events = [born, makeDisconnect(2, at(30)), attached, makeReconnect(4, 4 * MINUTE + 3, at(34) + 3)];
    const { segments } = strip(events);
    expect(segments.map(({ state }) => state)).toEqual(['connected', 'away', 'connected']);
    expect(segments[1]).toMatchObject({ from: at(30), to: at(34), cause: 'resumed' });
  });

  test('say what is no longer known', () => {
    const events = [makeDisconnect(7, at(40)), makeReconnect(8, MINUTE, at(41))];
    expect(shape(events)).toEqual(['unknown 0-40', 'away 40-41', 'connected 41-60']);
    expect(shape([])).toEqual(['unknown 0-60']);
  });

  test('are cut to what is in sight', () => {
    const events = [born, idle, active, makeDisconnect(4, at(30)), makeReconnect(5, 5 * MINUTE, at(35))];
    expect(shape(events, at(15), at(32))).toEqual(['idle 15-20', 'connected 20-30', 'away 30-32']);
    expect(strip(events, at(36), at(50)).marks).toEqual([]);
  });

  test('never overlap and never leave a hole, whatever the events', () => {
    const anyEvent = fc
      .tuple(fc.constantFrom('drop', 'back', 'idle', 'active'), fc.nat(60), fc.nat(20))
      .map(([what, minute, length]) => ({ what, minute, length }));
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 25 }), (steps) => {
        const events = steps
          .toSorted((a, b) => a.minute - b.minute)
          .map(({ what, minute, length }, index): HoldfastEvent => {
            const seq = index + 2;
            if (what === 'drop') return makeDisconnect(seq, at(minute));
            if (what === 'back') return makeReconnect(seq, length * MINUTE, at(minute));
            return moved(makeEvent(seq, what === 'idle' ? 'session_idle' : 'session_active'), at(minute));
          });
        const { segments } = strip([born, ...events]);
        expect(segments[0]?.from).toBe(T0);
        expect(segments.at(-1)?.to).toBe(at(60));
        segments.forEach((segment, index) => {
          expect(segment.to).toBeGreaterThan(segment.from);
          expect(segment.from).toBe(segments[index - 1]?.to ?? T0);
        });
      }),
    );
  });
});

describe('the pointer', () => {
  // One pixel is six seconds.
  const WIDTH = 600;
  const pixel = (time: number) => ((time - T0) / HOUR) * WIDTH;
  const found = (whole: ReturnType<typeof strip>, server: string | null, time: number) => {
    const item = itemAt(whole, server, pixel(time), WIDTH);
    return item && ('at' in item ? item.event.kind : item.state);
  };

  test('finds a mark in its own lane alone', () => {
    const whole = strip([
      born,
      makeDisconnect(2, at(20)),
      makeServerStart(3, at(25), 100),
      makeReconnect(4, 10 * MINUTE, at(30)),
    ]);
    expect(found(whole, null, at(25))).toBe('away');
    expect(found(whole, 'counter', at(25))).toBe('server_started');
    expect(found(whole, 'counter', at(31))).toBe('connected');
    expect(found(whole, null, at(30))).toBe('session_reconnected');
  });

  test('finds a gap that is hardly wider than the mark at its end', () => {
    const whole = strip([born, makeDisconnect(2, at(29)), makeReconnect(3, MINUTE, at(30))]);
    expect(found(whole, null, at(29.5))).toBe('away');
    expect(found(whole, null, at(30))).toBe('session_reconnected');
    expect(found(whole, null, at(30.5))).toBe('session_reconnected');
  });
});

describe('marks and lanes', () => {
  const killed = [
    born,
    makeServerStart(2, at(1), 100),
    makeServerStop(3, at(20), 100),
    makeServerStart(4, at(20) + 2 * SECOND, 200, true),
  ];

  test('tell a restart with the process before it', () => {
    const { marks, lanes } = strip(killed);
    expect(marks.map(({ event }) => event.kind)).toEqual(['server_started', 'server_stopped', 'server_started']);
    expect(marks.map((mark) => mark.type === 'server' && mark.before)).toEqual([null, null, 100]);
    expect(lanes).toEqual([
      {
        server: 'counter',
        spans: [
          { from: at(1), to: at(20), state: 'up' },
          { from: at(20), to: at(20) + 2 * SECOND, state: 'down' },
          { from: at(20) + 2 * SECOND, to: at(60), state: 'up' },
        ],
      },
    ]);
  });

  test('leave a lane empty after a stop that was meant', () => {
    const events = [born, makeServerStart(2, at(1), 100), makeServerStop(3, at(20), 100, 'idle')];
    expect(strip(events).lanes[0]?.spans).toEqual([{ from: at(1), to: at(20), state: 'up' }]);
    const again = [...events, makeServerStart(9, at(40), 300)];
    expect(strip(again).lanes[0]?.spans).toEqual([
      { from: at(1), to: at(20), state: 'up' },
      { from: at(40), to: at(60), state: 'up' },
    ]);
    expect(stripTotals(strip(events)).serverStops).toBe(0);
  });

  test('are pointed at in the order of time', () => {
    const items = stripItems(strip([...killed, makeDisconnect(5, at(30)), makeReconnect(6, MINUTE, at(31))]));
    expect(items.map((item) => ('at' in item ? item.event.kind : item.state))).toEqual([
      'connected',
      'server_started',
      'server_stopped',
      'server_started',
      'away',
      'connected',
      'session_reconnected',
    ]);
  });

  test('take every kind that they are built from', () => {
    expect(STRIP_KINDS).toEqual(expect.arrayContaining(killed.map(({ kind }) => kind)));
  });

  test('are said in words', () => {
    const whole = strip([...killed, makeDisconnect(5, at(30)), makeReconnect(6, MINUTE, at(31))]);
    const items = stripItems(whole);
    const words = items.map((one) => stripItemWords(whole, one));
    expect(words[2]).toMatch(/: Server counter ended\. Process 100\. Ended on its own, by SIGKILL\.$/);
    expect(words[3]).toMatch(
      /started again\. Process 200\. Its memory of earlier calls is gone\. Before that, process 100\.$/,
    );
    expect(words[4]).toMatch(
      /: away for 1 min\. The push stream broke.* Came back: The client used its old session id/,
    );
    expect(words[6]).toMatch(/: Reconnected after 1 min\. /);
  });

  test('name the day in a strip of days, where the clock alone could be that of any', () => {
    const days = (length: number) => {
      const whole = strip([born, makeDisconnect(2, at(30))], T0, T0 + length);
      return [edgeWords(whole, T0), ...stripItems(whole).map((one) => stripItemWords(whole, one))];
    };
    const dated = (words: string) => words.includes(String(new Date(T0).getFullYear()));
    expect(days(HOUR).map(dated)).toEqual([false, false, false]);
    expect(days(3 * 24 * HOUR).map(dated)).toEqual([true, true, true]);
  });

  test('come to one sentence', () => {
    const events = [
      ...killed,
      makeDisconnect(5, at(30)),
      makeReconnect(6, MINUTE, at(31)),
      makeDisconnect(7, at(40)),
      makeReconnect(8, 3 * MINUTE, at(43)),
    ];
    expect(stripSummary(strip(events))).toBe(
      'Connected 56 min. Away 4 min in 2 gaps, the longest 3 min. 1 server stop.',
    );
    expect(stripSummary(strip([born]))).toBe('Connected 1 h. Never away.');
    expect(stripSummary(strip([], T0, T0 + HOUR))).toBe('Nothing is known about this time.');
  });
});

describe('the picture of a strip', () => {
  const drawn = (lane: string, title = 'Title') =>
    stripSvg(
      strip([born]),
      { title, when: 'now', summary: '', lanes: [lane], states: [], marks: [], ends: ['from', 'to'] },
      {
        colour: () => '#000000',
        colours: { background: '#1', ink: '#2', text: '#3', grid: '#4', axis: '#5', gap: '#6' },
        font: 'sans-serif',
        measure: (text) => [...text].reduce((sum, sign) => sum + (sign === 'W' ? 12 : 6), 0),
      },
    ).svg;

  test('cuts names to what fits beside the lanes, as wide as they are drawn', () => {
    expect(drawn('i'.repeat(20))).toContain(`>${'i'.repeat(20)}</text>`);
    expect(drawn('i'.repeat(21))).toContain(`>${'i'.repeat(19)}…</text>`);
    expect(drawn('W'.repeat(11))).toContain(`>${'W'.repeat(9)}…</text>`);
  });

  test('shows what nobody would see in names', () => {
    const svg = drawn('a\u202eb', 'c\u200bd');
    expect(svg).toContain('>a\\u202eb</text>');
    expect(svg).toContain('>c\\u200bd</text>');
  });
});
