import { describe, expect, test } from 'vitest';
import { addUp, summary, tallyPlaywright, tallyVitest } from '../../../scripts/test/report.mjs';

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
    });
  });
});

describe('tallyPlaywright', () => {
  test('counts tests in nested suites, a flaky one as failed', () => {
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
      passed: 1,
      failed: ['Playwright: Error: broken', 'a.spec.ts > two', 'a.spec.ts > group > four'],
      skipped: ['a.spec.ts > group > three'],
    });
  });
});

describe('summary', () => {
  test('ends with the counts alone on the last line', () => {
    const all = addUp([
      { passed: 2, failed: [], skipped: ['s'] },
      { passed: 1, failed: ['f'], skipped: [] },
    ]);
    const lines = summary(all).split('\n');
    expect(lines.at(-1)).toBe('3 passed, 1 failed, 1 skipped');
    expect(lines).toContain('  s');
    expect(lines).toContain('  f');
    expect(summary({ passed: 4, failed: [], skipped: [] })).toBe('4 passed, 0 failed, 0 skipped');
  });
});
