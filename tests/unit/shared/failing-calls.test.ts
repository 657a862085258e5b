import { describe, expect, test } from 'vitest';
import type { FailingCalls, FailureGroup } from '#src/shared/contract/activity';
import { areManyFailing, failingCandidates, failingSentence, failingToTell } from '#src/shared/model/failing-calls';
import { MINUTE } from '#src/shared/model/units';

const NOW = 1_700_000_000_000;
const GROUP: FailureGroup = {
  group_id: 'g',
  count: 31,
  last_id: 9,
  last_at: NOW - MINUTE,
  server: 'tickets',
  method: 'tools/call',
  name: 'search',
  outcome: 'error',
  error_code: -32_001,
  error: 'Timed out after 30 s',
  pattern: 'Timed out after # s',
};
const FAILING: FailingCalls = { ...GROUP, name: 'search', from: NOW - 60 * MINUTE, of: 40 };

describe('a kind of failures is a candidate', () => {
  test.each<[string, Partial<FailureGroup>, boolean]>([
    ['of many, that goes on', {}, true],
    ['of five', { count: 5 }, true],
    ['of four', { count: 4 }, false],
    ['whose newest is a quarter of an hour old', { last_at: NOW - 15 * MINUTE }, true],
    ['whose newest is older', { last_at: NOW - 16 * MINUTE }, false],
    ['of Holdfast itself', { server: null }, true],
    ['that is a prompt', { method: 'prompts/get' }, true],
    ['that is a resource', { method: 'resources/read' }, true],
    ['that is no call', { method: 'resources/list', name: null }, false],
    ['that a client refused', { method: 'sampling/createMessage', name: null }, false],
  ])('%s', (_case, change, is) => {
    expect(failingCandidates([{ ...GROUP, ...change }], NOW)).toHaveLength(is ? 1 : 0);
  });

  test('before those that are less frequent', () => {
    const groups = [5, 90, 31].map((count) => ({ ...GROUP, count }));
    expect(failingCandidates(groups, NOW).map(({ count }) => count)).toEqual([90, 31, 5]);
  });

  test.each([
    [5, 20, true],
    [5, 21, false],
    [31, 31, true],
    [10, 1_000, false],
  ])('%i of %i calls are many: %s', (failed, all, are) => expect(areManyFailing(failed, all)).toBe(are));
});

describe('the sentence', () => {
  test.each<[Partial<FailingCalls>, string]>([
    [{}, '31 calls of search of tickets timed out in the last hour.'],
    [{ name: 'tickets__search' }, '31 calls of search of tickets timed out in the last hour.'],
    [{ error: 'Request timeout' }, '31 calls of search of tickets timed out in the last hour.'],
    [{ error: 'No such ticket' }, '31 calls of search of tickets failed in the last hour.'],
    [{ error: null }, '31 calls of search of tickets failed in the last hour.'],
    [{ outcome: 'lost', error: null }, '31 calls of search of tickets got no answer in the last hour.'],
    [{ server: null, count: 1_200 }, '1,200 calls of search of Holdfast timed out in the last hour.'],
  ])('%j', (change, sentence) => expect(failingSentence({ ...FAILING, ...change })).toBe(sentence));

  test.each([
    ['running', true],
    ['stopped', true],
    ['waiting', false],
    ['circuit_open', false],
    ['broken', false],
    ['needs_login', false],
    ['untrusted', false],
  ])('of a server that is %s: %s', (state, isTold) => {
    const servers = [{ name: 'tickets', state }] as unknown as Parameters<typeof failingToTell>[1];
    expect(failingToTell(FAILING, servers)).toBe(isTold ? FAILING : null);
    expect(failingToTell(null, servers)).toBeNull();
  });
});
