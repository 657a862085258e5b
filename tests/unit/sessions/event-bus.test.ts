import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventBus } from '#src/main/sessions/event-bus';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { harnessTest } from './harness';

const event = (seq: number): HoldfastEvent => ({ seq, at: seq, session_id: 's', kind: 'session_idle', payload: {} });

function setUp() {
  const problems: unknown[] = [];
  const bus = new EventBus((error) => problems.push(error));
  const listen = (onEvents?: (seqs: number[]) => void) => {
    const seen: number[] = [];
    const end = bus.subscribe((events) => {
      const seqs = events.map(({ seq }) => seq);
      seen.push(...seqs);
      onEvents?.(seqs);
    });
    return { seen, end };
  };
  return { bus, problems, listen };
}

describe('the event bus', () => {
  test('tells every listener every event in order', () => {
    const { bus, listen } = setUp();
    const [a, b] = [listen(), listen()];
    bus.publish([event(1), event(2)]);
    bus.publish([]);
    bus.publish([event(3)]);
    expect(a.seen).toEqual([1, 2, 3]);
    expect(b.seen).toEqual([1, 2, 3]);
  });

  test('keeps the order for all when a listener publishes', () => {
    const { bus, listen } = setUp();
    const first = listen((seqs) => {
      if (seqs.includes(1)) bus.publish([event(2)]);
      if (seqs.includes(2)) bus.publish([event(3)]);
    });
    const second = listen();
    bus.publish([event(1)]);
    bus.publish([event(4)]);
    expect(first.seen).toEqual([1, 2, 3, 4]);
    expect(second.seen).toEqual([1, 2, 3, 4]);
  });

  test('keeps the log’s order whatever listeners publish, whenever', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (publications, listeners, initial) => {
          const { bus, listen } = setUp();
          let seq = 0;
          const publish = () => bus.publish([event(++seq)]);
          const plan = [...publications];
          const all = Array.from({ length: listeners }, () =>
            listen(() => {
              for (let n = plan.shift() ?? 0; n > 0; n--) publish();
            }),
          );
          for (let i = 0; i < initial; i++) publish();
          const order = Array.from({ length: seq }, (_, i) => i + 1);
          for (const { seen } of all) expect(seen).toEqual(order);
        },
      ),
    );
  });

  test('goes on when a listener throws, and reports it', () => {
    const { bus, problems, listen } = setUp();
    bus.subscribe(() => {
      throw new Error('broken monitor');
    });
    const { seen } = listen();
    bus.publish([event(1)]);
    bus.publish([event(2)]);
    expect(seen).toEqual([1, 2]);
    expect(problems).toHaveLength(2);
  });

  test('calls no listener that has ended its subscription, not even within the same delivery', () => {
    const { bus, listen } = setUp();
    const later = { end: () => undefined as unknown, seen: [] as number[] };
    listen(() => later.end());
    Object.assign(later, listen());
    bus.publish([event(1)]);
    bus.publish([event(2)]);
    expect(later.seen).toEqual([]);
  });

  test('tells a listener that joins within a delivery the next events only', () => {
    const { bus, listen } = setUp();
    let joined: { seen: number[] } | null = null;
    listen(() => {
      joined ??= listen();
    });
    bus.publish([event(1)]);
    bus.publish([event(2)]);
    expect((joined as { seen: number[] } | null)?.seen).toEqual([2]);
  });

  harnessTest('hears of nothing before it is on the disk, and of everything after', async ({ house }) => {
    const heard: number[] = [];
    house.bus.subscribe((events) => {
      for (const { seq } of events) {
        heard.push(seq);
        expect(house.store.events.newestSeq()).toBeGreaterThanOrEqual(seq);
        expect(house.store.events.readAfter(seq - 1, 1)[0]?.seq).toBe(seq);
      }
    });
    // A listener that acts on what it hears, as a careless one might.
    house.bus.subscribe((events) => {
      for (const one of events) {
        if (one.kind === 'session_created') house.manager.disconnect(one.session_id ?? '', { kind: 'admin' });
      }
    });
    const client = house.client();
    const { transport, session } = house.connect(client);
    house.call(transport, client);
    house.manager.close(session.session_id, { kind: 'admin' }, 'user');
    expect(heard).toEqual(Array.from({ length: house.store.events.newestSeq() }, (_, i) => i + 1));
    expect(house.events.map(({ seq }) => seq)).toEqual(Array.from({ length: house.events.length }, (_, i) => i + 1));
    expect(house.kinds(session.session_id)).toEqual([
      'session_created',
      'session_disconnected',
      'session_reconnected',
      'call_completed',
      'session_closed',
    ]);
    expect(house.problems).toEqual([]);
  });
});
