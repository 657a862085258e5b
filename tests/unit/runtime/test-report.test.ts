import { describe, expect, test } from 'vitest';
import {
  addUp,
  afterSecondTry,
  emptyTally,
  failedFiles,
  summary,
  tallyPlaywright,
  tallyVitest,
} from '../../../scripts/test/report.mjs';

describe('tallyVitest', () => {
  test('counts tests by status, and a file that did not load as failed', () => {
    const report = {
      testResults: [
        {
          name: '/a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'a passes' },
            { status: 'failed', fullName: 'a fails' },
            { status: 'pending', fullName: 'a waits' },
            { status: 'todo', fullName: 'a to do' },
          ],
        },
        { name: '/b.test.ts', status: 'failed', assertionResults: [] },
        { name: '/c.test.ts', status: 'passed', assertionResults: [] },
      ],
    };
    expect(tallyVitest(report)).toEqual({
      passed: 1,
      failed: ['a fails', '/b.test.ts'],
      skipped: ['a waits', 'a to do'],
      unsteady: [],
    });
    expect(failedFiles(report)).toEqual(['/a.test.ts', '/b.test.ts']);
  });
});

describe('tallyPlaywright', () => {
  test('counts tests in nested suites, a flaky one as unsteady', () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const report = {
      errors: [{ message: 'Error: broken\nat x' }],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('one', 'expected'), spec('two', 'unexpected')],
          suites: [{ title: 'group', specs: [spec('three', 'skipped'), spec('four', 'flaky')] }],
        },
      ],
    };
    expect(tallyPlaywright(report)).toEqual({
      passed: 2,
      failed: ['Playwright: Error: broken', 'a.spec.ts > two'],
      skipped: ['a.spec.ts > group > three'],
      unsteady: ['a.spec.ts > group > four'],
    });
  });
});

describe('afterSecondTry', () => {
  test('names what passed only then, and keeps what failed again or for the first time', () => {
    const first = { passed: 5, failed: ['a', 'b'], skipped: ['s'], unsteady: [] };
    const again = { passed: 3, failed: ['b', 'c'], skipped: [], unsteady: [] };
    expect(afterSecondTry(first, again)).toEqual({ passed: 5, failed: ['b', 'c'], skipped: ['s'], unsteady: ['a'] });
  });
});

describe('summary', () => {
  test('ends with the counts alone on the last line', () => {
    const all = addUp([
      { passed: 2, failed: [], skipped: ['s'], unsteady: [] },
      { passed: 1, failed: ['f'], skipped: [], unsteady: ['u'] },
    ]);
    const lines = summary(all).split('\n');
    expect(lines.at(-1)).toBe('3 passed, 1 failed, 1 skipped');
    expect(lines).toContain('  s');
    expect(lines).toContain('  f');
    expect(lines).toContain('  u');
    expect(summary({ ...emptyTally(), passed: 4 })).toBe('4 passed, 0 failed, 0 skipped');
  });
});
