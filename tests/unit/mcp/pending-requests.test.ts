import { beforeEach, describe, expect, test } from 'vitest';
import { type PendingRequest, PendingRequests } from '#src/main/mcp/pending-requests';
import { FakeClock } from '#tests/support/fake-clock';

let clock: FakeClock;
let pending: PendingRequests;
let told: unknown[];

beforeEach(() => {
  clock = new FakeClock();
  pending = new PendingRequests(clock);
  told = [];
});

/** Notes what it is told, and how many requests wait by then. */
const noted = (): PendingRequest => ({
  settle: ({ result }) => told.push([result, pending.size]),
  fail: ({ message }) => told.push([message, pending.size]),
});
const answer = (id: string | number, result: unknown) => ({ jsonrpc: '2.0' as const, id, result });
const late = () => new Error('late');

describe('a pending request', () => {
  test('is settled once, by a response to its own id, and is out of the table by then', () => {
    pending.add('a', noted());
    expect(pending.settle(answer('b', 'other'))).toBe(false);
    expect(pending.settle(answer('a', 'first'))).toBe(true);
    expect(pending.settle(answer('a', 'second'))).toBe(false);
    expect(told).toEqual([['first', 0]]);
  });

  test('that is taken back is told nothing any more', () => {
    const request = noted();
    pending.add(1, request);
    expect(pending.take(1)).toBe(request);
    pending.settle(answer(1, 'late'));
    pending.failAll(new Error('gone'));
    expect([told, pending.take(1)]).toEqual([[], undefined]);
  });

  test('fails when whoever was asked is gone; what is added meanwhile does not', () => {
    pending.add(1, { ...noted(), fail: () => pending.add(3, noted()) });
    pending.add(2, noted());
    pending.failAll(new Error('gone'));
    expect(told).toEqual([['gone', 1]]);
    expect(pending.all.map(([id]) => id)).toEqual([3]);
  });
});

describe('a question', () => {
  test('resolves with the response, even one that comes while it is sent', async () => {
    const asked = pending.ask('a', () => pending.settle(answer('a', 'at once')), 1_000, late);
    expect((await asked).result).toBe('at once');
    expect([pending.size, clock.pending]).toEqual([0, 0]);
  });

  test('rejects when it takes too long, and leaves nothing behind', async () => {
    const asked = pending.ask('a', () => {}, 1_000, late);
    clock.advance(1_000);
    await expect(asked).rejects.toThrow('late');
    expect([pending.size, clock.pending]).toEqual([0, 0]);
  });

  test('rejects when whoever was asked is gone', async () => {
    const asked = pending.ask('a', () => {}, 1_000, late);
    pending.failAll(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    expect(clock.pending).toBe(0);
  });
});
