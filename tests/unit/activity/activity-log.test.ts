import fc from 'fast-check';
import { test as base, describe, expect } from 'vitest';
import { ActivityLog, type Arrival } from '#src/main/activity/activity-log';
import type { NewActivity } from '#src/main/activity/activity-ports';
import { ContentsRecorder } from '#src/main/activity/contents/contents-recorder';
import { ContentsRecording } from '#src/main/activity/recording';
import { SteadyClock } from '#src/main/sessions/steady-clock';
import { FakeClock } from '#tests/support/fake-clock';

const ARRIVAL: Arrival = {
  session_id: 's_1',
  transport_id: 't_1',
  client_id: 'c_1',
  direction: 'to_server',
  method: 'tools/call',
  name: 'search',
  bytes_in: 12,
};
const BY = { server: 'tickets', instance_id: 'i_1', pid: 4711 };

class Table {
  readonly batches: (readonly NewActivity[])[] = [];
  isFull = false;

  add(rows: readonly NewActivity[]): void {
    if (this.isFull) throw new Error('the disk is full');
    this.batches.push(rows);
  }

  page(): Promise<never> {
    return Promise.reject(new Error('not read here'));
  }

  get rows(): NewActivity[] {
    return this.batches.flat();
  }
}

const test = base
  .extend('clock', () => new FakeClock())
  .extend('table', () => new Table())
  .extend('problems', (): unknown[] => [])
  .extend(
    'log',
    ({ clock, table, problems }) =>
      new ActivityLog({ repository: table, clock, timers: clock, onProblem: (problem) => problems.push(problem) }),
  );

describe('a request', () => {
  test('is one row, with who served it and how long it took', ({ clock, table, log }) => {
    const at = clock.now();
    const one = log.begin(ARRIVAL);
    one.sentAs(1_001);
    log.served(1_001, BY);
    clock.advance(40);
    one.answering();
    clock.advance(60);
    one.end({ outcome: 'ok', bytes_out: 99 });
    clock.advance(300);
    expect(table.rows).toEqual([
      {
        ...ARRIVAL,
        ...BY,
        at,
        kind: 'request',
        duration_ms: expect.closeTo(100, -1),
        first_ms: expect.closeTo(40, -1),
        bytes_out: 99,
        outcome: 'ok',
        error: null,
        error_code: null,
        held_ms: 0,
        repeated: false,
      },
    ]);
  });

  test('ends once', ({ clock, table, log }) => {
    const one = log.begin(ARRIVAL);
    one.end({ outcome: 'cancelled' });
    one.end({ outcome: 'ok' });
    clock.advance(300);
    expect(table.rows.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  });

  test('says how long it was held for a login, also when it is still held at its end', ({ clock, table, log }) => {
    const one = log.begin(ARRIVAL);
    one.sentAs(7);
    log.held(7, true);
    clock.advance(1_000);
    log.held(7, false);
    clock.advance(500);
    log.held(7, true);
    clock.advance(200);
    one.end({ outcome: 'error' });
    clock.advance(300);
    expect(table.rows[0]?.held_ms).toBeCloseTo(1_200, -1);
  });

  test('whose process ended is lost, unless the second process answered it', ({ clock, table, log }) => {
    const lost = log.begin(ARRIVAL);
    lost.sentAs(1);
    log.lost(1);
    lost.end({ outcome: 'error', error: 'It ended.' });
    const repeated = log.begin(ARRIVAL);
    repeated.sentAs(2);
    log.repeated(2);
    repeated.end({ outcome: 'ok' });
    clock.advance(300);
    expect(table.rows.map((row) => [row.outcome, row.repeated])).toEqual([
      ['lost', false],
      ['ok', true],
    ]);
  });

  test('of an earlier run counts from when it came', ({ clock, table, log }) => {
    const since = clock.now() - 30_000;
    log.begin(ARRIVAL, null, since).end({ outcome: 'ok' });
    clock.advance(300);
    expect(table.rows[0]).toMatchObject({ at: since, duration_ms: expect.closeTo(30_000, 0) });
  });

  test('keeps no secret that an error or a name repeats, and no end of text', ({ clock, table, log }) => {
    const name = `file:///x?token=${'abcdef123456'.repeat(3)}`;
    log
      .begin({ ...ARRIVAL, name })
      .end({ outcome: 'error', error: `Bearer ${'s3cr3tV4lue'.repeat(3)} ${'x'.repeat(9_000)}` });
    clock.advance(300);
    const [row] = table.rows;
    expect(JSON.stringify(row)).not.toMatch(/s3cr3t|abcdef123456/);
    expect(row?.error?.length).toBeLessThanOrEqual(500);
  });
});

describe('a known secret', () => {
  test('is not kept in part, wherever a name, a method or an error is cut', ({ clock, table }) => {
    const secret = 'a plain value that nobody would take for one';
    const recording = new ContentsRecording({
      clock: new SteadyClock(clock),
      kept: { get: () => null, set: () => {} },
    });
    const contents = new ContentsRecorder(recording, (text) => text.replaceAll(secret, '•••'));
    const log = new ActivityLog({ repository: table, clock, timers: clock, contents, onProblem: () => {} });
    const cuts = fc.record({
      name: fc.nat(220),
      method: fc.nat({ max: 220 }),
      error: fc.nat(1_100),
      more: fc.nat(9_000),
    });
    fc.assert(
      fc.property(cuts, ({ name, method, error, more }) => {
        const text = (before: number) => `${'x '.repeat(before / 2)}${secret}${' y'.repeat(more / 2)}`;
        log
          .begin({ ...ARRIVAL, name: text(name), method: `m${' '.repeat(200)}${text(method)}` })
          .end({ outcome: 'error', error: `${`${secret} `.repeat(3)}${text(error)}` });
        clock.advance(300);
        const row = table.rows.at(-1);
        for (const kept of [row?.name, row?.method, row?.error]) {
          expect(kept).not.toContain(secret.slice(0, 3));
          expect(kept?.length).toBeGreaterThan(0);
        }
        expect(row?.name?.length).toBeLessThanOrEqual(200);
        expect(row?.error?.length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 200 },
    );
  });
});

describe('writing', () => {
  test('goes along with others but for contents, which are large', ({ clock, table }) => {
    const recording = new ContentsRecording({
      clock: new SteadyClock(clock),
      kept: { get: () => null, set: () => {} },
    });
    const contents = new ContentsRecorder(recording, (text) => text);
    const log = new ActivityLog({ repository: table, clock, timers: clock, contents, onProblem: () => {} });
    expect(log.alongside, 'nothing waits').toBeNull();
    log.begin(ARRIVAL).end({ outcome: 'ok' });
    log.alongside?.();
    expect([table.rows.length, log.alongside]).toEqual([1, null]);
    recording.change({ servers: { [BY.server]: true } });
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'search' } };
    const one = log.begin({ ...ARRIVAL, message });
    one.sentAs(1);
    log.served(1, BY);
    one.end({ outcome: 'ok' });
    expect(log.alongside).toBeNull();
    clock.advance(300);
    expect(table.rows).toHaveLength(2);
  });

  test('waits for a batch, but not for long', ({ clock, table, log }) => {
    for (let n = 0; n < 450; n += 1) log.begin(ARRIVAL).end({ outcome: 'ok' });
    expect(table.batches.map(({ length }) => length)).toEqual([250]);
    clock.advance(300);
    expect(table.rows).toHaveLength(450);
  });

  test('loses nothing while the disk is full, up to 10,000 rows', ({ clock, table, log, problems }) => {
    table.isFull = true;
    for (let n = 0; n < 10_500; n += 1) log.begin({ ...ARRIVAL, name: String(n) }).end({ outcome: 'ok' });
    clock.advance(10_000);
    // Tried again every two seconds, not with every row.
    expect(problems.length).toBeLessThan(10);
    table.isFull = false;
    clock.advance(2_000);
    expect(table.rows).toHaveLength(10_000);
    expect(table.rows.at(-1)?.name).toBe('10499');
  });

  test('ends with what waits', ({ clock, table, log }) => {
    log.begin(ARRIVAL).end({ outcome: 'ok' });
    log.close();
    log.begin(ARRIVAL).end({ outcome: 'ok' });
    clock.advance(1_000);
    expect(table.rows).toHaveLength(1);
  });
});

describe('a notification', () => {
  test('is a row without a duration', ({ clock, table, log }) => {
    log.passed({ ...ARRIVAL, method: 'notifications/message' }, BY);
    clock.advance(300);
    expect(table.rows[0]).toMatchObject({
      kind: 'notification',
      outcome: 'sent',
      duration_ms: null,
      server: 'tickets',
    });
  });

  test('in a flood is kept 50 times a second', ({ clock, table, log }) => {
    for (let n = 0; n < 5_000; n += 1) log.passed(ARRIVAL);
    clock.advance(1_000);
    log.passed(ARRIVAL);
    clock.advance(300);
    expect(table.rows).toHaveLength(51);
  });
});
