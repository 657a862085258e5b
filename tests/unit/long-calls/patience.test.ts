import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationWords } from '#src/main/long-calls/call-words';
import {
  answerWithin,
  LEAST_PATIENCE,
  learn,
  MOST_PATIENCE,
  NO_PATIENCE,
  patienceOf,
  saysTimeout,
  unlearn,
} from '#src/main/long-calls/patience';
import { ProgressTeller } from '#src/main/long-calls/progress-teller';
import { longCallMode } from '#src/shared/model/long-call-rules';
import { readPatience } from '#src/shared/model/patience-limits';
import { MINUTE, SECOND } from '#src/shared/model/units';

const ALONE = { isTimeout: false, isAlong: false };

describe('how long a client waits', () => {
  test('is what was set, before what it showed, before what its program does', () => {
    expect(patienceOf({ type: 'other' }, NO_PATIENCE)).toEqual({ limit: MINUTE, isRenewed: false, from: 'usual' });
    expect(patienceOf({ type: 'claude-code' }, NO_PATIENCE)).toEqual({
      limit: 5 * MINUTE,
      isRenewed: true,
      from: 'program',
    });
    const opencode = { type: 'other', type_name: 'opencode' } as const;
    expect(patienceOf(opencode, NO_PATIENCE)).toEqual({ limit: MINUTE, isRenewed: true, from: 'program' });
    expect(patienceOf({ type: 'other', type_name: 'constructor' }, NO_PATIENCE).from).toBe('usual');
    const learned = { ...NO_PATIENCE, learned_ms: 9_000 };
    expect(patienceOf({ type: 'claude-code' }, learned)).toEqual({ limit: 9_000, isRenewed: false, from: 'learned' });
    const set = { limit: 7_000, isRenewed: false, from: 'set' };
    expect(patienceOf({ type: 'claude-code' }, { ...learned, set_ms: 7_000 }), 'set is set, in all').toEqual(set);
  });

  test('is read from what a person typed, and from nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 86_400 }), (seconds) => {
        expect(readPatience(` ${seconds} `)).toBe(seconds);
      }),
    );
    for (const text of ['', '1', '86401', '2.5', '-5', '1e3', '0x10', '5 s', '1,000'])
      expect(readPatience(text), text).toBeNull();
  });

  test('leaves time for the answer to arrive', () => {
    expect(answerWithin(MINUTE)).toBe(55 * SECOND);
    fc.assert(
      fc.property(fc.integer({ min: LEAST_PATIENCE, max: MOST_PATIENCE }), (limit) => {
        expect(answerWithin(limit)).toBeGreaterThan(limit / 2);
        expect(limit - answerWithin(limit)).toBeGreaterThanOrEqual(SECOND / 2);
      }),
    );
  });

  test('is learned at once from a client that says so', () => {
    expect(learn(NO_PATIENCE, { ...ALONE, after: 10_003, isTimeout: true })).toMatchObject({ learned_ms: 10_003 });
    expect(saysTimeout('McpError: MCP error -32001: Request timed out')).toBe(true);
    expect(saysTimeout('TimeoutError: The operation was aborted due to timeout')).toBe(true);
    for (const reason of ['AbortError: This operation was aborted', undefined, 7])
      expect(saysTimeout(reason)).toBe(false);
  });

  test('is learned from a silent client only if it gave up twice after the same time', () => {
    const once = learn(NO_PATIENCE, { after: 30_100, ...ALONE });
    expect(once).toMatchObject({ learned_ms: null, last_ms: 30_100 });
    expect(learn(once ?? NO_PATIENCE, { after: 30_020, ...ALONE })).toMatchObject({ learned_ms: 30_020 });
    expect(learn(once ?? NO_PATIENCE, { after: 45_000, ...ALONE })).toMatchObject({ learned_ms: null });
    expect(learn(NO_PATIENCE, { after: 900, ...ALONE }), 'a person who changed their mind').toBeNull();
    const along = { after: 30_020, isTimeout: false, isAlong: true };
    expect(learn(once ?? NO_PATIENCE, along), 'a person who stopped two calls at once').toBeNull();
  });

  test('is forgotten when the client waits clearly longer', () => {
    const learned = { ...NO_PATIENCE, learned_ms: 30_000, last_ms: 30_000 };
    expect(unlearn(learned, 34_000)).toBeNull();
    expect(unlearn(NO_PATIENCE, 90_000)).toBeNull();
    expect(unlearn(learned, 90_000)).toEqual(NO_PATIENCE);
    expect(learn(learned, { after: 90_000, ...ALONE })).toMatchObject({ learned_ms: null, last_ms: 90_000 });
  });
});

describe('progress that a client hears', () => {
  const told = fc.array(
    fc.oneof(
      fc.constant('own' as const),
      fc.double({ min: 0.001, max: 1, noNaN: true }).map((step) => ({ step })),
    ),
    { maxLength: 60 },
  );

  test('always grows, whatever Holdfast puts between what the server tells', () => {
    fc.assert(
      fc.property(told, (parts) => {
        const teller = new ProgressTeller();
        let server = 0;
        const heard = parts.map((part) => {
          if (part === 'own') return teller.ofOurOwn(20_000).progress;
          server += part.step;
          return Number(teller.fromServer({ progressToken: 'a', progress: server }).progress);
        });
        for (const [index, value] of heard.entries())
          if (index > 0) expect(value).toBeGreaterThan(Number(heard[index - 1]));
      }),
    );
  });

  test('grows after any number that a server may tell', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (progress) => {
        const teller = new ProgressTeller();
        const said = Number(teller.fromServer({ progress }).progress);
        const first = teller.ofOurOwn(20_000).progress;
        expect(first).toBeGreaterThan(said);
        expect(teller.ofOurOwn(30_000).progress).toBeGreaterThan(first);
      }),
    );
  });

  test('is the server’s own where nothing was put between, and in words otherwise', () => {
    const teller = new ProgressTeller();
    const said = { progressToken: 'a', progress: 1, total: 4, message: 'compiling' };
    expect(teller.fromServer(said)).toEqual(said);
    expect(teller.ofOurOwn(80_000)).toMatchObject({
      total: 4,
      message: 'Still running after 1 min 20 s. Last heard: compiling',
    });
    expect(teller.fromServer({ progress: 'odd' })).toEqual({ progress: 'odd' });
  });
});

test('times are in words', () => {
  expect([400, 55_000, 60_000, 125_000, 3_600_000, 3_780_000].map(durationWords)).toEqual([
    '0 s',
    '55 s',
    '1 min',
    '2 min 5 s',
    '1 h',
    '1 h 3 min',
  ]);
});

test('rules name a tool before all others, and a tool may have any name', () => {
  expect(longCallMode(undefined, 'build')).toBe('auto');
  expect(longCallMode({ '*': 'off', build: 'on' }, 'build')).toBe('on');
  expect(longCallMode({ '*': 'off', build: 'on' }, 'toString')).toBe('off');
  expect(longCallMode({}, 'toString')).toBe('auto');
});
