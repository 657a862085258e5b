/**
 * The outcome of a test run.
 *
 * @typedef {object} Tally
 * @property {number} passed
 * @property {string[]} failed names
 * @property {string[]} skipped names
 * @property {string[]} unsteady names of those that passed only when they were run again
 */

/**
 * What is read from Vitest's JSON report.
 *
 * @typedef {object} VitestReport
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
 */

/**
 * What is read from Playwright's JSON report.
 *
 * @typedef {{ errors?: { message?: string }[], suites?: PlaywrightSuite[] }} PlaywrightReport
 *
 * @typedef {object} PlaywrightSuite
 * @property {string} [title]
 * @property {{ title: string, tests: { status: string }[] }[]} [specs]
 * @property {PlaywrightSuite[]} [suites]
 */

/** @returns {Tally} */
export const emptyTally = () => ({ passed: 0, failed: [], skipped: [], unsteady: [] });

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function addUp(tallies) {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    unsteady: tallies.flatMap(({ unsteady }) => unsteady),
  };
}

/**
 * The outcome after the files with failures were run again by themselves.
 *
 * @param {Tally} first of all files
 * @param {Tally} again of those that failed
 * @returns {Tally}
 */
export function afterSecondTry(first, again) {
  const unsteady = first.failed.filter((name) => !again.failed.includes(name));
  return { ...first, passed: first.passed + first.failed.length - again.failed.length, failed: again.failed, unsteady };
}

/**
 * The files of Vitest's JSON report that hold failures.
 *
 * @param {VitestReport} report
 */
export const failedFiles = ({ testResults }) =>
  testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);

/**
 * Reads Vitest's JSON report.
 *
 * @param {VitestReport} report
 * @returns {Tally}
 */
export function tallyVitest(report) {
  const tally = emptyTally();
  for (const file of report.testResults) {
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') tally.passed++;
      else if (status === 'failed') tally.failed.push(fullName);
      else tally.skipped.push(fullName);
    }
    // A file that could not be loaded has no tests to fail.
    if (file.status === 'failed' && file.assertionResults.length === 0) tally.failed.push(file.name);
  }
  return tally;
}

/**
 * Reads Playwright's JSON report.
 *
 * @param {PlaywrightReport} report
 * @returns {Tally}
 */
export function tallyPlaywright(report) {
  const tally = emptyTally();
  for (const error of report.errors ?? []) tally.failed.push(`Playwright: ${String(error.message).split('\n')[0]}`);
  /** @param {PlaywrightSuite} suite @param {readonly string[]} path */
  const visit = (suite, path) => {
    const here = suite.title ? [...path, suite.title] : path;
    for (const spec of suite.specs ?? []) {
      const name = [...here, spec.title].join(' > ');
      for (const { status } of spec.tests) {
        if (status === 'expected') tally.passed++;
        else if (status === 'skipped') tally.skipped.push(name);
        else if (status === 'flaky') {
          tally.passed++;
          tally.unsteady.push(name);
        } else tally.failed.push(name);
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, here);
  };
  for (const suite of report.suites ?? []) visit(suite, []);
  return tally;
}

/**
 * The end of the output: the names of what was skipped, unsteady and failed, then a last line for machines to read.
 *
 * @param {Tally} tally
 * @returns {string}
 */
export function summary({ passed, failed, skipped, unsteady }) {
  /** @param {string} heading @param {readonly string[]} names */
  const list = (heading, names) => (names.length ? [`${heading}:`, ...names.map((name) => `  ${name}`), ''] : []);
  return [
    ...list('Skipped', skipped),
    ...list('Passed only when run again', unsteady),
    ...list('Failed', failed),
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ].join('\n');
}
