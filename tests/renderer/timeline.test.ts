import { describe, expect, test } from 'vitest';
import {
  buildTimeline,
  gapHeight,
  joinEvents,
  withShared,
} from '#src/renderer/features/sessions/detail/timeline-model';
import { serversUsed, visitsIn } from '#src/renderer/features/sessions/detail/use-shared-events';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
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

const shape = (items: ReturnType<typeof buildTimeline>) =>
  items.map((item) =>
    item.type === 'event'
      ? `${item.event.kind.replace('session_', '')}${item.away ? ' away' : ''}`
      : item.type === 'gap'
        ? `${item.open ? 'open ' : ''}gap ${item.ms}`
        : item.type === 'asleep'
          ? `asleep ${item.to - item.from}`
          : 'day',
  );

describe('buildTimeline', () => {
  test('puts the measured downtime between a reconnect and its disconnect', () => {
    const rejected = {
      seq: 3,
      at: T0 + 3,
      session_id: 's_one',
      kind: 'reconnect_rejected',
      payload: { code: 'token_expired', door: 'tool' },
    } as const;
    const events = [makeReconnect(4, 90_000), rejected, makeDisconnect(2), makeCreated(1)];
    expect(shape(buildTimeline(events, makeSession(), T0))).toEqual([
      'day',
      'reconnected',
      'gap 90000',
      'reconnect_rejected away',
      'disconnected',
      'created',
    ]);
  });

  test('opens with a gap that grows while the client is away', () => {
    const session = makeSession({ status: 'disconnected', disconnected_at: T0 });
    const at = (now: number) => shape(buildTimeline([makeDisconnect(2), makeCreated(1)], session, now));
    expect(at(T0 + SECOND)).toEqual(['open gap 1000', 'day', 'disconnected', 'created']);
    expect(at(T0 + MINUTE)[0]).toBe('open gap 60000');
    expect(at(T0 - MINUTE)[0], 'a clock that went back').toBe('open gap 0');
  });

  test('marks where the machine slept, and counts it as nobody’s gap', () => {
    const slept = makeSleep(3, T0 + MINUTE, T0 + HOUR);
    const drop = makeDisconnect(2, T0 + SECOND);
    const back = { ...makeReconnect(4, 62_000), at: T0 + HOUR + 3 * SECOND };
    expect(shape(buildTimeline([back, slept, drop], makeSession(), T0))).toEqual([
      'day',
      'reconnected',
      'gap 62000',
      'asleep 3540000',
      'disconnected',
    ]);
    const session = makeSession({ status: 'disconnected', disconnected_at: T0 });
    expect(shape(buildTimeline([slept, drop], session, T0 + HOUR + SECOND))[0]).toBe('open gap 61000');
  });

  test('draws no gap for a reconnect whose disconnect is on an older page', () => {
    expect(shape(buildTimeline([makeReconnect(4, 500)], makeSession(), T0))).toEqual(['day', 'reconnected']);
  });

  test('says the day once for each day', () => {
    const events = [makeEvent(3, 'session_idle'), makeEvent(2, 'session_active'), makeCreated(1, 's_one', T0 - DAY)];
    expect(shape(buildTimeline(events, makeSession(), T0))).toEqual(['day', 'idle', 'active', 'day', 'created']);
  });

  test('gives every item a key of its own', () => {
    const events = [makeReconnect(6, 5), makeDisconnect(5), makeReconnect(4, 5), makeDisconnect(3), makeCreated(1)];
    const keys = buildTimeline(events, makeSession({ status: 'disconnected', disconnected_at: T0 }), T0).map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('joinEvents', () => {
  test('joins pages and live events in order, each once', () => {
    const page = [makeEvent(5, 'session_idle'), makeEvent(3, 'session_active')];
    const joined = joinEvents(page, [
      makeEvent(7, 'session_idle'),
      makeEvent(5, 'session_idle'),
      makeEvent(1, 'session_idle'),
    ]);
    expect(joined.map((event) => event.seq)).toEqual([7, 5, 3, 1]);
    expect(joinEvents(page, [makeEvent(5, 'session_idle')])).toBe(page);
  });
});

describe('serversUsed', () => {
  const named = (server: string) =>
    ({ seq: 1, at: T0, session_id: 's_one', kind: 'server_started', payload: { server } }) as HoldfastEvent;

  test('are the one it talks to, or those that its own events name', () => {
    expect(serversUsed('issues', [named('other')])).toEqual(['issues']);
    expect(serversUsed(null, [named('b'), makeCreated(1), named('a'), named('b')])).toEqual(['a', 'b']);
    expect(serversUsed(null, [])).toEqual([]);
  });
});

describe('visitsIn', () => {
  test('are the times in which it used the servers of another session', () => {
    const sharing = { session_id: 's_host', client_id: 'c_2', client_name: 'two', asks: 'host', door: 'mcp' } as const;
    const began = (at: number, role: 'host' | 'guest') =>
      ({ seq: at, at, session_id: 's_one', kind: 'sharing_started', payload: { ...sharing, role } }) as HoldfastEvent;
    const payload = { reason: 'stopped', client_name: 'two', keeps: false } as const;
    const ended = (at: number): HoldfastEvent => ({ seq: at, at, session_id: 's_one', kind: 'sharing_ended', payload });
    const own = [began(7, 'guest'), ended(6), began(5, 'host'), ended(4), began(2, 'guest')];
    expect(visitsIn(own)).toEqual([
      { host: 's_host', from: 2, to: 4 },
      { host: 's_host', from: 7, to: null },
    ]);
    const over = { seq: 9, at: 9, session_id: 's_one', kind: 'session_expired', payload: {} } as HoldfastEvent;
    expect(visitsIn([over, ...own]).at(-1), 'and end with the session').toMatchObject({ to: 9 });
  });
});

describe('withShared', () => {
  const own = [makeReconnect(8, 5), makeDisconnect(5)];
  const shared = [
    { ...makeServerStart(9, T0 + 9, 7), session_id: null },
    { ...makeServerStop(3, T0 + 3, 7), session_id: null },
  ];

  test('joins what happened to a shared server, as far back as is loaded', () => {
    expect(withShared(own, shared, false).map(({ seq }) => seq)).toEqual([9, 8, 5, 3]);
    expect(withShared(own, shared, true).map(({ seq }) => seq)).toEqual([9, 8, 5]);
    expect(withShared(own, [], true)).toBe(own);
  });
});

describe('gapHeight', () => {
  test('grows with the gap and stays within bounds', () => {
    const heights = [0, SECOND, MINUTE, HOUR, DAY, 400 * DAY].map(gapHeight);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(heights[0]).toBeGreaterThanOrEqual(24);
    expect(heights.at(-1)).toBeLessThanOrEqual(72);
    expect(new Set(heights).size).toBeGreaterThan(3);
  });
});
