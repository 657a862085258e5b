import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventBus } from '#src/main/sessions/event-bus';
import { EventStream } from '#src/main/window-api/event-stream';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { StreamMessage } from '#src/shared/contract/stream';
import { FakeClock } from '#tests/support/fake-clock';

const event = (seq: number): HoldfastEvent => ({ seq, at: seq, session_id: 's_1', kind: 'session_idle', payload: {} });

function setUp() {
  const clock = new FakeClock();
  const bus = new EventBus((error) => {
    throw error;
  });
  const sent: StreamMessage[] = [];
  let seq = 0;
  const stream = new EventStream({
    bus,
    clock,
    timers: clock,
    epoch: 'e1',
    newestSeq: () => seq,
    snapshot: () => [],
    post: (message) => sent.push(message),
  });
  const publish = (count: number) => {
    const events = Array.from({ length: count }, () => event(++seq));
    bus.publish(events);
  };
  const batches = () => sent.filter((message) => message.type === 'batch');
  return { clock, sent, stream, publish, batches, newest: () => seq };
}

describe('event stream', () => {
  test('begins with a snapshot at the newest position', () => {
    const { sent } = setUp();
    expect(sent).toEqual([{ type: 'snapshot', epoch: 'e1', seq: 0, at: expect.any(Number), sessions: [] }]);
  });

  test('sends what comes after a pause at once, together with what comes in the same turn', () => {
    const { clock, publish, batches } = setUp();
    publish(2);
    publish(1);
    expect(batches()).toHaveLength(0);
    clock.advance(0);
    expect(batches()).toMatchObject([{ from_seq: 1, to_seq: 3 }]);
  });

  test('collects what follows closely until 50 ms after the last batch', () => {
    const { clock, publish, batches } = setUp();
    publish(1);
    clock.advance(10);
    publish(2);
    clock.advance(39);
    publish(1);
    expect(batches()).toHaveLength(1);
    clock.advance(1);
    expect(batches()).toMatchObject([
      { from_seq: 1, to_seq: 1 },
      { from_seq: 2, to_seq: 4 },
    ]);
  });

  test('sends 200 events at once without waiting', () => {
    const { publish, batches } = setUp();
    publish(200);
    expect(batches()).toMatchObject([{ from_seq: 1, to_seq: 200 }]);
  });

  test('holds at most two unacknowledged batches and goes on after an acknowledgement', () => {
    const { clock, stream, publish, batches } = setUp();
    for (let round = 0; round < 5; round += 1) {
      publish(1);
      clock.advance(50);
    }
    expect(batches()).toHaveLength(2);
    stream.receive({ type: 'ack', to_seq: 1 });
    clock.advance(50);
    expect(batches().at(-1)).toMatchObject({ from_seq: 3, to_seq: 5 });
  });

  test('replaces what a stalled reader missed by a snapshot', () => {
    const { clock, sent, stream, publish, newest } = setUp();
    publish(400);
    clock.advance(50);
    for (let round = 0; round < 60; round += 1) publish(100);
    stream.receive({ type: 'ack', to_seq: 200 });
    expect(sent.at(-1)).toMatchObject({ type: 'snapshot', seq: newest() });
    publish(1);
    clock.advance(50);
    expect(sent.at(-1)).toMatchObject({ type: 'batch', from_seq: newest() });
  });

  test('says every 5 s that it lives, and how far the reader should be', () => {
    const { clock, sent, publish } = setUp();
    publish(1);
    clock.advance(5_000);
    expect(sent.at(-1)).toMatchObject({ type: 'heartbeat', seq: 1 });
  });

  test('sends nothing after it was closed', () => {
    const { clock, sent, stream, publish } = setUp();
    publish(1);
    stream.close();
    publish(300);
    clock.advance(60_000);
    expect(sent).toHaveLength(1);
  });

  test('never leaves a gap or a duplicate, however it is read', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 2_500 }) }),
            fc.record({ kind: fc.constant('ack' as const), count: fc.constant(0) }),
            fc.record({ kind: fc.constant('wait' as const), count: fc.integer({ min: 1, max: 120 }) }),
            fc.record({ kind: fc.constant('resync' as const), count: fc.constant(0) }),
          ),
          { maxLength: 40 },
        ),
        (steps) => {
          const { clock, sent, stream, publish, newest } = setUp();
          for (const { kind, count } of steps) {
            if (kind === 'publish') publish(count);
            if (kind === 'ack') stream.receive({ type: 'ack', to_seq: 0 });
            if (kind === 'wait') clock.advance(count);
            if (kind === 'resync') stream.receive({ type: 'resync' });
          }
          for (let round = 0; round < 60; round += 1) {
            stream.receive({ type: 'ack', to_seq: 0 });
            clock.advance(50);
          }
          let position = -1;
          for (const message of sent) {
            if (message.type === 'snapshot') position = message.seq;
            if (message.type === 'heartbeat') expect(message.seq).toBeLessThanOrEqual(newest());
            if (message.type !== 'batch') continue;
            expect(message.from_seq).toBe(position + 1);
            expect(message.events.map(({ seq }) => seq)).toEqual(
              Array.from({ length: message.to_seq - position }, (_, index) => position + 1 + index),
            );
            position = message.to_seq;
          }
          expect(position).toBe(newest());
        },
      ),
    );
  });
});
