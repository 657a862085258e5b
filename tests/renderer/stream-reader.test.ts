import { describe, expect, test } from 'vitest';
import { EMPTY_VIEW, type LiveView, RING_SIZE } from '#src/renderer/store/sessions';
import { StreamReader } from '#src/renderer/store/stream-reader';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { StreamMessage } from '#src/shared/contract/stream';
import { evolve } from '#src/shared/model/evolve';
import { makeCreated, makeDisconnect, makeEvent, makeReconnect, makeSession, T0 } from './support/make';

/** A reader with everything it does written down; frames are drawn by hand. */
function setUp() {
  const done = { views: [] as LiveView[], acks: [] as number[], resyncs: 0 };
  let view = EMPTY_VIEW;
  let frame: (() => void) | null = null;
  const reader = new StreamReader({
    view: () => view,
    show: (next) => {
      view = next;
      done.views.push(next);
    },
    ack: (toSeq) => done.acks.push(toSeq),
    resync: () => {
      done.resyncs += 1;
    },
    onNextFrame: (apply) => {
      expect(frame, 'one frame is asked for at a time').toBeNull();
      frame = apply;
    },
  });
  return {
    done,
    push: (...messages: StreamMessage[]) => {
      for (const message of messages) reader.push(message);
    },
    draw: () => {
      const apply = frame;
      frame = null;
      apply?.();
      return view;
    },
  };
}

const snapshot = (seq: number, ids: string[] = [], epoch = 'e1'): StreamMessage => ({
  type: 'snapshot',
  epoch,
  seq,
  at: T0,
  sessions: ids.map((session_id) => makeSession({ session_id })),
});
const batch = (events: HoldfastEvent[], epoch = 'e1'): StreamMessage => ({
  type: 'batch',
  epoch,
  from_seq: events[0]?.seq ?? 0,
  to_seq: events.at(-1)?.seq ?? 0,
  events,
});
const heartbeat = (seq: number, epoch = 'e1'): StreamMessage => ({ type: 'heartbeat', epoch, seq, at: T0 });

describe('StreamReader', () => {
  test('applies everything of one frame at once and acknowledges every batch after it is shown', () => {
    const { done, push, draw } = setUp();
    push(snapshot(0), batch([makeCreated(1)]), batch([makeDisconnect(2), makeReconnect(3, 700)]));
    expect(done.views).toHaveLength(0);
    expect(done.acks).toEqual([]);
    const view = draw();
    expect(done.views).toHaveLength(1);
    expect(done.acks).toEqual([1, 3]);
    expect(view.seq).toBe(3);
    expect(view.sessions.get('s_one')).toMatchObject({ status: 'active', reconnect_count: 1 });
    expect(view.events.map((event) => event.seq)).toEqual([1, 2, 3]);
  });

  test('derives what the shared model derives', () => {
    const { push, draw } = setUp();
    const events = [makeCreated(1), makeEvent(2, 'session_idle'), makeEvent(3, 'stream_lost'), makeDisconnect(4)];
    push(snapshot(0), batch(events));
    let expected = null as ReturnType<typeof evolve>;
    for (const event of events) expected = evolve(expected, event);
    expect(draw().sessions.get('s_one')).toEqual(expected);
  });

  test('asks for a snapshot once when there is a hole, and shows nothing that comes after the hole', () => {
    const { done, push, draw } = setUp();
    push(snapshot(0, ['s_one']), batch([makeEvent(1, 'session_idle')]));
    draw();
    push(batch([makeDisconnect(3)]), batch([makeReconnect(4, 5)]));
    const view = draw();
    expect(done.resyncs).toBe(1);
    expect(view.seq).toBe(1);
    expect(view.sessions.get('s_one')?.status).toBe('idle');
    expect(done.acks).toEqual([1]);
    push(snapshot(4, ['s_one', 's_two']), batch([makeEvent(5, 'session_idle')]));
    expect(draw()).toMatchObject({ seq: 5, generation: 2 });
    expect(done.acks).toEqual([1, 5]);
  });

  test('keeps what came before the hole within the same frame', () => {
    const { done, push, draw } = setUp();
    push(snapshot(0, ['s_one']), batch([makeEvent(1, 'session_idle')]), batch([makeDisconnect(9)]));
    const view = draw();
    expect(view.seq).toBe(1);
    expect(view.sessions.get('s_one')?.status).toBe('idle');
    expect(done).toMatchObject({ resyncs: 1, acks: [1] });
  });

  test('asks for a snapshot when the epoch has changed', () => {
    const { done, push, draw } = setUp();
    push(snapshot(7, ['s_one']));
    draw();
    push(batch([makeEvent(8, 'session_idle')], 'e2'));
    expect(draw().sessions.get('s_one')?.status).toBe('active');
    expect(done.resyncs).toBe(1);
    push(snapshot(2, ['s_two'], 'e2'));
    expect(draw()).toMatchObject({ epoch: 'e2', seq: 2 });
    expect([...draw().sessions.keys()]).toEqual(['s_two']);
  });

  test('takes what overlaps only once and acknowledges what it knew already', () => {
    const { done, push, draw } = setUp();
    push(snapshot(0), batch([makeCreated(1), makeReconnect(2, 5)]));
    draw();
    push(batch([makeReconnect(2, 5), makeEvent(3, 'session_idle')]), batch([makeCreated(1)]));
    const view = draw();
    expect(view.events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(view.sessions.get('s_one')?.recent_reconnects).toHaveLength(1);
    expect(done.acks).toEqual([2, 3, 1]);
    expect(done.resyncs).toBe(0);
  });

  test('notices by two heartbeats that a batch never came', () => {
    const { done, push, draw } = setUp();
    push(snapshot(3));
    draw();
    push(heartbeat(5));
    draw();
    expect(done.resyncs, 'the batch may still be on its way').toBe(0);
    push(heartbeat(5));
    draw();
    expect(done.resyncs).toBe(1);
    push(heartbeat(5));
    draw();
    expect(done.resyncs, 'the snapshot did not come either').toBe(2);
  });

  test('trusts a heartbeat that is caught up with', () => {
    const { done, push, draw } = setUp();
    push(snapshot(3, ['s_one']), heartbeat(4), batch([makeEvent(4, 'session_idle')]), heartbeat(4), heartbeat(4));
    draw();
    expect(done.resyncs).toBe(0);
  });

  test('leaves the sessions alone that an event is not about, and holds a bounded number of events', () => {
    const { push, draw } = setUp();
    const ids = Array.from({ length: 10_000 }, (_, index) => `s_${index}`);
    push(snapshot(0, ids));
    const before = draw();
    const events = Array.from({ length: RING_SIZE + 500 }, (_, index) =>
      makeEvent(index + 1, index % 2 ? 'session_active' : 'session_idle', 's_7'),
    );
    push(batch(events.slice(0, 200)), batch(events.slice(200)));
    const after = draw();
    expect(after.sessions).not.toBe(before.sessions);
    expect(after.sessions.get('s_8')).toBe(before.sessions.get('s_8'));
    expect(after.sessions.size).toBe(10_000);
    expect(after.events).toHaveLength(RING_SIZE);
    expect(after.events.at(-1)?.seq).toBe(RING_SIZE + 500);
    expect(before.sessions.get('s_7')?.status, 'an earlier view does not change').toBe('active');
  });

  test('keeps ended sessions', () => {
    const { push, draw } = setUp();
    push(snapshot(0, ['s_one']), batch([makeEvent(1, 'session_expired')]));
    expect(draw().sessions.get('s_one')?.status).toBe('expired');
  });
});
