import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../bench/options.mjs';
import { freshSections, replaceSections } from '../../../bench/report/report.mjs';
import { inTurns, summarize } from '../../../bench/report/rows.mjs';
import { lostCalls, quantile } from '../../../bench/report/statistics.mjs';
import { goalWords, ratioWords, spreadWords, verdict } from '../../../bench/report/words.mjs';
import type { Machine } from '../../../bench/support/machine.mjs';

const row = { what: 'something', unit: 'ms', beside: 'floor', ours: [10, 30, 20], floor: [5, 10, 20] };

describe('quantile', () => {
  test.each([
    [[7], 0.5, 7],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, 20, 30, 40, 50], 0.95, 48],
    [[5, 1], 0, 1],
    [[5, 1], 1, 5],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 9);
  });

  test('lies between the least and the most, and changes nothing', () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(numbers, fc.double({ noNaN: true, min: 0, max: 1 }), (values, share) => {
        const before = [...values];
        const found = quantile(values, share);
        expect(values).toEqual(before);
        expect(found).toBeGreaterThanOrEqual(Math.min(...values));
        expect(found).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  test('of nothing is an error', () => expect(() => quantile([], 0.5)).toThrow(RangeError));
});

describe('lost calls', () => {
  test.each([
    ['none', { answered: 10, failed: 0, rows: 10 }, 0],
    ['one without an answer', { answered: 9, failed: 1, rows: 10 }, 1],
    ['one without a row', { answered: 10, failed: 0, rows: 9 }, 1],
    ['one of each', { answered: 9, failed: 1, rows: 9 }, 2],
  ])('%s', (_what, counts, lost) => expect(lostCalls(counts)).toBe(lost));

  test('are an error when there are rows of others', () => {
    expect(() => lostCalls({ answered: 9, failed: 1, rows: 11 })).toThrow('11 rows of 10 calls');
  });
});

describe('a summary', () => {
  test.each([
    ['cost', [2, 3, 1], 2],
    ['speed', [0.5, 1 / 3, 1], 0.5],
    ['saving', [-1, -2, 0], -1],
  ] as const)('takes the ratio (%s) run by run and then its median', (relation, ratios, median) => {
    const { ratio } = summarize({ ...row, relation });
    expect(ratio?.runs).toEqual(ratios);
    expect(ratio?.median).toBe(median);
  });

  test.each([
    [{ of: 'value', most: 20 }, true],
    [{ of: 'value', most: 19.9 }, false],
    [{ of: 'value', least: 20 }, true],
    [{ of: 'ratio', most: 2 }, true],
    [{ of: 'ratio', most: 1.7 }, false],
    [{ of: 'ratio', least: 2.1 }, false],
  ] as const)('says of the goal %j whether it was met: %s', (goal, met) => {
    const summary = summarize({ ...row, relation: 'cost', goals: [goal] });
    expect(summary.goals).toEqual([{ ...goal, met }]);
    expect(verdict(summary)).toBe(met ? 'met' : 'MISSED');
  });

  test('never meets a goal for a ratio that was not measured', () => {
    const { goals } = summarize({ what: 'x', unit: 'ms', ours: [1], goals: [{ of: 'ratio', most: 100 }] });
    expect(goals[0]?.met).toBe(false);
  });

  test('is put into words', () => {
    const summary = summarize({
      ...row,
      relation: 'speed',
      goals: [
        { of: 'value', most: 1_500 },
        { of: 'ratio', least: 0.65 },
      ],
    });
    expect(ratioWords(summary)).toBe('0.50× as fast (0.33 to 1.00)');
    expect(spreadWords(summary.ours, ' ms')).toBe('20 ms (10 to 30)');
    expect(goalWords(summary)).toBe('at most 1,500 ms; at least 0.65× as fast');
    expect(verdict(summary)).toBe('met; MISSED');
  });
});

test('measures the sides in turns', async () => {
  const order: string[] = [];
  const side = (name: string) => async (run: number) => {
    order.push(`${name}${run}`);
    return run * 10;
  };
  expect(await inTurns(3, { floor: side('a'), ours: side('b') })).toEqual({ floor: [0, 10, 20], ours: [0, 10, 20] });
  expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
});

describe('options', () => {
  const known = ['start', 'memory'];

  test.each([
    [[], { names: known, runs: 5, quick: false, write: false }],
    [['memory'], { names: ['memory'], runs: 5 }],
    [['--quick', '--json', 'x.json'], { quick: true, runs: 2, json: 'x.json' }],
    [['--write'], { write: true, names: known }],
  ])('of %j', (args, expected) => expect(readOptions(args, known)).toMatchObject(expected));

  test.each([
    [['speed'], /no bench called speed/],
    [['--fast'], /--fast/],
    [['--write', '--quick'], /worth nothing/],
  ])('refuse %j and say what to do', (args, message) => {
    expect(() => readOptions(args, known)).toThrow(message);
    expect(() => readOptions(args, known)).toThrow(/npm run bench/);
  });
});

describe('sections of the document', () => {
  const part = (name: string, text: string) => `### About ${name} (\`npm run bench -- ${name}\`)\n\n${text}`;

  test('only those of what was measured are replaced; all stand in order, and what is no bench any more goes', () => {
    const before = `\n\n${part('wake', 'old')}\n\n${part('gone', 'old')}\n\n${part('start', 'old')}\n`;
    const fresh = new Map([
      ['start', part('start', 'new')],
      ['memory', part('memory', 'new')],
    ]);
    expect(replaceSections(before, fresh, ['start', 'wake', 'memory'])).toBe(
      [part('start', 'new'), part('wake', 'old'), part('memory', 'new')].join('\n\n'),
    );
  });

  test('a bench that failed does not replace what was measured before', () => {
    const result = (name: string) => ({ name, title: name, seconds: 1, rows: [summarize(row)], notes: [] });
    const results = [result('start'), { ...result('wake'), rows: [], failure: 'it did not end' }];
    const fresh = freshSections({ machine: { load_before: 0 } as Machine, runs: 3, quick: false, results });
    expect([...fresh.keys()]).toEqual(['start']);
    expect(fresh.get('start')).toContain('| something |');
  });

  test('writing what stands there changes nothing', () => {
    const text = `${part('start', 'a\n\n| b |')}\n\n${part('wake', '#### c')}`;
    expect(replaceSections(`\n\n${text}\n\n`, new Map(), ['start', 'wake'])).toBe(text);
  });
});
