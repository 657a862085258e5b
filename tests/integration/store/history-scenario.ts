import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { NO_TOKEN, type StoredSession } from '#src/main/sessions/session-ports';
import type { Store } from '#src/main/store/store';
import type { NewEvent } from '#src/shared/contract/event';
import type { History, HistoryQuery } from '#src/shared/contract/history';
import type { Session } from '#src/shared/contract/session';
import { evolve } from '#src/shared/model/evolve';
import { isAttached } from '#src/shared/model/session';
import { DAY, HOUR, MINUTE, type Ms } from '#src/shared/model/units';
import { START } from './samples';
import { openBeside, openStore, temporaryFolder } from './support';

const wait = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 2 * MINUTE }) },
  { weight: 2, arbitrary: fc.integer({ min: 2 * MINUTE, max: 3 * HOUR }) },
  { weight: 1, arbitrary: fc.integer({ min: 3 * HOUR, max: 3 * DAY }) },
);
const happening = fc.oneof(
  fc.record({ type: fc.constant('create' as const), probe: fc.boolean() }),
  fc.record({ type: fc.constantFrom('use' as const, 'idle' as const, 'close' as const, 'expire' as const) }),
  fc.record({
    type: fc.constant('call' as const),
    ok: fc.boolean(),
    latency_ms: fc.double({ min: 0, max: 400_000, noNaN: true }),
  }),
  fc.record({ type: fc.constant('disconnect' as const) }),
  fc.record({ type: fc.constant('reject' as const) }),
  fc.record({
    type: fc.constant('stop' as const),
    reason: fc.constantFrom('crashed' as const, 'keeper_lost' as const, 'idle' as const, 'session_ended' as const),
  }),
  fc.record({
    type: fc.constant('reconnect' as const),
    cause: fc.constantFrom('resumed' as const, 'restored' as const, 'reinitialized' as const, 'token' as const),
    downtime_ms: fc.oneof(fc.nat(10 * MINUTE), fc.nat(2 * DAY)),
  }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** One step: time passes, then somebody looks, something is committed or rolled back, or Holdfast restarts. */
export const anyStep = fc.record({
  wait,
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constant('look' as const) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
    { weight: 8, arbitrary: fc.array(fc.record({ which: fc.nat(4), happening }), { minLength: 1, maxLength: 4 }) },
  ),
  fails: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

export interface Live {
  live_ms: Ms;
  live_peak: number;
  observed_ms: Ms;
}

/** Does the same to a store and to a model of what was observed, which counts from scratch where the store keeps track. */
export class Scenario {
  readonly beside: Database;
  private readonly folder = temporaryFolder();
  private store: Store;
  private now = START;
  private sessions = new Map<string, Session>();
  private lookedAt: Ms | null = null;
  private readonly spans: { from: Ms; to: Ms; attached: number }[] = [];

  constructor() {
    this.store = openStore(this.folder);
    this.beside = openBeside(this.folder);
  }

  take({ wait: passed, what, fails }: Step): void {
    this.now += passed;
    if (what === 'restart') {
      this.store.close();
      this.store = openStore(this.folder, this.now);
      this.lookedAt = null;
    } else if (what === 'look') {
      this.look();
      this.store.observe(this.now);
    } else {
      this.commit(what, fails);
    }
  }

  history(query: HistoryQuery): History {
    this.look();
    return this.store.history.query(query, this.now);
  }

  /** What was observed, per bucket. */
  live(from: Ms, to: Ms, size: Ms): Live[] {
    return Array.from({ length: (to - from) / size }, (_, index) => {
      const start = from + index * size;
      const bucket: Live = { live_ms: 0, live_peak: 0, observed_ms: 0 };
      for (const span of this.spans) {
        const inside = Math.min(span.to, start + size) - Math.max(span.from, start);
        if (inside <= 0) continue;
        bucket.observed_ms += inside;
        bucket.live_ms += inside * span.attached;
        bucket.live_peak = Math.max(bucket.live_peak, span.attached);
      }
      return bucket;
    });
  }

  end(): void {
    this.beside.close();
    this.store.close();
  }

  private look(): void {
    if (this.lookedAt !== null && this.now - this.lookedAt <= 2 * MINUTE) {
      const attached = [...this.sessions.values()].filter((s) => !s.probe && isAttached(s.status)).length;
      this.spans.push({ from: this.lookedAt, to: this.now, attached });
    }
    this.lookedAt = this.now;
  }

  private commit(what: readonly { which: number; happening: Happening }[], fails: boolean): void {
    this.look();
    const after = new Map(this.sessions);
    const events = what.map(({ which, happening: item }) => {
      const session_id = `s_${which}`;
      const event = eventOf(item, session_id, this.now);
      const next = evolve(after.get(session_id) ?? null, event);
      if (next) after.set(session_id, next);
      return event;
    });
    const sessions: StoredSession[] = [...after.values()].map((session) => ({
      session,
      token: NO_TOKEN,
      offer_hash: null,
      disconnect_reason: null,
      lost_lived: null,
    }));
    if (!fails) {
      this.store.repository.commit({ events, sessions });
      this.sessions = after;
      return;
    }
    try {
      this.store.transaction(() => {
        this.store.repository.commit({ events, sessions });
        throw new Error('rolled back');
      });
    } catch (error) {
      if ((error as Error).message !== 'rolled back') throw error;
    }
  }
}

function eventOf(item: Happening, session_id: string, at: Ms): NewEvent {
  const base = { session_id, at };
  switch (item.type) {
    case 'create':
      return {
        ...base,
        kind: 'session_created',
        payload: {
          client_id: 'c_1',
          client_type: 'other',
          client_name: 'script',
          client_version: '1',
          server: null,
          era: 'sessionful',
          protocol_version: '2025-11-25',
          transport_id: 't_1',
          probe: item.probe,
        },
      };
    case 'use':
      return { ...base, kind: 'session_used', payload: {} };
    case 'idle':
      return { ...base, kind: 'session_idle', payload: {} };
    case 'close':
      return { ...base, kind: 'session_closed', payload: { reason: 'user', superseded_by: null } };
    case 'expire':
      return { ...base, kind: 'session_expired', payload: {} };
    case 'call': {
      const { ok, latency_ms } = item;
      return { ...base, kind: 'call_completed', payload: { method: 'ping', name: null, ok, latency_ms } };
    }
    case 'disconnect':
      return { ...base, kind: 'session_disconnected', payload: { reason: 'quiet', contact_lost_at: at } };
    case 'stop': {
      const instance = { server: 'counter', instance_id: 'i_1', pid: 7, code: 1, signal: null, calls_lost: 0 };
      return { ...base, kind: 'server_stopped', payload: { ...instance, reason: item.reason } };
    }
    case 'reject':
      return { ...base, kind: 'reconnect_rejected', payload: { code: 'token_expired', door: 'rest' } };
    case 'reconnect': {
      const { cause, downtime_ms } = item;
      return {
        ...base,
        kind: 'session_reconnected',
        payload: { cause, door: 'mcp', downtime_ms, reconnect_count: 1, transport_id: null, client_version: '1' },
      };
    }
  }
}
