import { describe, expect, test } from 'vitest';
import { AwakeClock } from '#src/main/sessions/awake-clock';
import { type Contact, judgeContact, lostSince } from '#src/main/sessions/liveness';
import type { TransportRecord } from '#src/main/sessions/session-ports';
import { ExpectedTransports } from '#src/main/sessions/transports/expected-transports';
import { contactOf, newLiveTransport } from '#src/main/sessions/transports/live-transport';
import type { Session, SessionStatus } from '#src/shared/contract/session';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

const WALL = 1_700_000_000_000;
const AWAKE = 10 * HOUR;
const quietFor = (ms: number, more: Partial<Contact> = {}): Contact => ({
  streams: 0,
  inFlight: 0,
  lastHeard: AWAKE - ms,
  lastTraffic: AWAKE - ms,
  streamLostAt: null,
  ...more,
});
const judge = (status: SessionStatus, contact: Contact) =>
  judgeContact({ status } as Session, contact, { now: WALL, awake: AWAKE }, DEFAULT_POLICY);

describe('what time makes of a session', () => {
  const gone = (ms: number, more: Partial<Contact> = {}) =>
    quietFor(ms + SECOND, { streamLostAt: AWAKE - ms, ...more });
  const lost = (ms: number) => ({ type: 'disconnect', reason: 'stream_lost', contact_lost_at: WALL - ms });
  const cases: [string, SessionStatus, Contact, unknown][] = [
    ['active, quiet for less than a minute', 'active', quietFor(MINUTE - 1), null],
    ['active, quiet for a minute', 'active', quietFor(MINUTE), { type: 'fall_idle' }],
    ['idle, quiet for a minute', 'idle', quietFor(MINUTE), null],
    [
      'active with an open stream, quiet for hours',
      'active',
      quietFor(5 * HOUR, { streams: 1 }),
      { type: 'fall_idle' },
    ],
    ['idle with an open stream, quiet for hours', 'idle', quietFor(5 * HOUR, { streams: 1 }), null],
    ['idle, quiet for less than half an hour', 'idle', quietFor(30 * MINUTE - 1), null],
    [
      'idle, quiet for half an hour',
      'idle',
      quietFor(30 * MINUTE),
      { type: 'disconnect', reason: 'quiet', contact_lost_at: WALL },
    ],
    ['idle with a request in flight for hours', 'idle', quietFor(5 * HOUR, { inFlight: 1 }), null],
    ['stream lost for less than the grace time', 'active', gone(20 * SECOND - 1), null],
    ['stream lost for the grace time', 'active', gone(20 * SECOND), lost(20 * SECOND)],
    ['stream lost for a minute', 'idle', gone(MINUTE), lost(MINUTE)],
    ['stream lost, but called since', 'active', gone(25 * SECOND, { lastHeard: AWAKE - SECOND }), null],
    ['stream lost within a call that goes on', 'active', gone(HOUR, { inFlight: 1 }), null],
    ['stream lost within a call that ended just now', 'active', gone(HOUR, { lastTraffic: AWAKE - 19 * SECOND }), null],
    [
      'stream lost within a call that ended the grace time ago',
      'active',
      gone(HOUR, { lastTraffic: AWAKE - 20 * SECOND }),
      lost(20 * SECOND),
    ],
    ['disconnected', 'disconnected', gone(HOUR), null],
    ['expired', 'expired', gone(HOUR), null],
    ['closed', 'closed', gone(HOUR), null],
  ];
  test.each(cases)('%s', (_name, status, contact, expected) => {
    expect(judge(status, contact)).toEqual(expected);
  });
});

describe('a session’s contact', () => {
  const record = { transport_id: 't_1' } as TransportRecord;

  test('is what its transports have together', () => {
    const [a, b] = [newLiveTransport(record, 100), newLiveTransport(record, 200)];
    Object.assign(a, { streams: 1, inFlight: 2, lastTraffic: 300 });
    Object.assign(b, { inFlight: 1, streamLostAt: 250 });
    expect(contactOf([a, b], 50)).toEqual({
      streams: 1,
      inFlight: 3,
      lastHeard: 200,
      lastTraffic: 300,
      streamLostAt: null,
    });
    a.streams = 0;
    expect(contactOf([a, b], 50).streamLostAt).toBe(250);
    expect(contactOf([a, b], 400)).toMatchObject({ lastHeard: 400, lastTraffic: 400 });
    expect(contactOf([], 7)).toEqual({ streams: 0, inFlight: 0, lastHeard: 7, lastTraffic: 7, streamLostAt: null });
  });

  test('is lost only since its last stream was, and not while anything is open', () => {
    const lost = { streams: 0, inFlight: 0, lastHeard: 100, lastTraffic: 150, streamLostAt: 200 };
    expect(lostSince(lost)).toBe(200);
    expect(lostSince({ ...lost, lastTraffic: 300 })).toBe(300);
    expect(lostSince({ ...lost, lastHeard: 200 })).toBe(200);
    expect(lostSince({ ...lost, lastHeard: 201 })).toBeNull();
    expect(lostSince({ ...lost, streams: 1 })).toBeNull();
    expect(lostSince({ ...lost, inFlight: 1 })).toBeNull();
    expect(lostSince({ ...lost, streamLostAt: null })).toBeNull();
  });

  test('of a transport that was only looked up is none', () => {
    expect(newLiveTransport(record, null).lastHeard).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('the awake clock', () => {
  test('is in whole milliseconds and never goes back', () => {
    const clock = new FakeClock();
    const awake = new AwakeClock(clock);
    let last = awake.now();
    for (let i = 1; i < 200; i++) {
      clock.advance(i);
      const now = awake.now();
      expect(Number.isInteger(now)).toBe(true);
      expect(now).toBeGreaterThan(last);
      last = now;
    }
  });

  test('leaves out what nobody looked at for more than 15 seconds', () => {
    const clock = new FakeClock();
    const awake = new AwakeClock(clock);
    const start = awake.now();
    clock.advance(14 * SECOND);
    expect(awake.now() - start).toBe(14 * SECOND);
    clock.advance(8 * HOUR);
    expect(awake.now() - start).toBeLessThanOrEqual(14 * SECOND);
    clock.advance(10 * SECOND);
    expect(Math.abs(awake.now() - start - 24 * SECOND)).toBeLessThanOrEqual(1);
  });

  test('does not mind the wall clock', () => {
    const clock = new FakeClock();
    const awake = new AwakeClock(clock);
    const start = awake.now();
    clock.setBy(-HOUR);
    expect(awake.now()).toBe(start);
  });
});

describe('expected transports', () => {
  const transport = (client_id: string, client_name = 'test') =>
    ({ client_id, server: null, client_name }) as TransportRecord;
  const everybody = () => true;
  const expectation = (session_id: string, more: object = {}) => ({
    session_id,
    client_id: 'c_1',
    server: null,
    client_name: 'test',
    until: 100,
    ...more,
  });

  test('match their client and program until their time is over', () => {
    const expected = new ExpectedTransports();
    expected.add(expectation('s_1'));
    expect(expected.match(transport('c_1'), 100, everybody)?.session_id).toBe('s_1');
    expect(expected.match(transport('c_2'), 100, everybody)).toBeNull();
    expect(expected.match(transport('c_1', 'other'), 100, everybody)).toBeNull();
    expect(expected.match(transport('c_1'), 100, () => false)).toBeNull();
    expect(expected.match(transport('c_1'), 101, everybody)).toBeNull();
    expect(expected.match(transport('c_1'), 50, everybody)).toBeNull();
  });

  test('of two sessions match neither', () => {
    const expected = new ExpectedTransports();
    expected.add(expectation('s_1'));
    expected.add(expectation('s_2', { client_name: null }));
    expect(expected.match(transport('c_1'), 1, everybody)).toBeNull();
    expect(expected.match(transport('c_1'), 1, ({ session_id }) => session_id === 's_2')?.session_id).toBe('s_2');
    expect(expected.match(transport('c_1', 'other'), 1, everybody)?.session_id).toBe('s_2');
    expected.withdraw('s_2');
    expect(expected.match(transport('c_1'), 1, everybody)?.session_id).toBe('s_1');
  });

  test('of a session that waits for whoever comes end when its client is there', () => {
    const expected = new ExpectedTransports();
    expected.add(expectation('s_1'));
    expected.withdrawUnnamed('s_1');
    expect(expected.match(transport('c_1'), 1, everybody)).not.toBeNull();
    expected.add(expectation('s_1', { client_name: null }));
    expected.withdrawUnnamed('s_1');
    expect(expected.match(transport('c_1'), 1, everybody)).toBeNull();
  });
});
