import type { CheckOutcome } from '../../../shared/contract/diagnostics';
import { CheckContext } from '../../doctor/check-context';
import { runChecks } from '../../doctor/run';
import { tidyUp } from '../../doctor/tidy-up';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';

const MARKS = { ok: '✓', failed: '✗', skipped: '–', not_run: '–' };
/** Exit code of a program interrupted with Ctrl+C. */
const INTERRUPTED = 130;

const lineOf = ({ name, result, detail, remedy }: CheckOutcome): string =>
  `${MARKS[result]} ${result === 'failed' ? `FAILED ${name}` : name}: ${detail}${remedy === null ? '' : `\n  ${remedy}`}`;

/** `holdfast doctor`: checks a running Holdfast from outside, by doing what clients do. */
export const doctor: Command = {
  help: `Usage: holdfast doctor [--json]

Checks a running Holdfast from outside, by doing what clients do: it makes two clients, sessions, calls, reconnects and
mistakes, and removes what it made. What it did stays in the history.

  --json    prints one JSON object: ok, url, version and the checks

Exit codes: 0 all is well, 1 a check failed, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const json = given.flag('json');
    const checks: CheckOutcome[] = [];
    const running = findRunning(dataFolder());
    const context = new CheckContext(running);
    process.once('SIGINT', () => void tidyUp(context).finally(() => process.exit(INTERRUPTED)));
    const ok = await runChecks(context, (outcome) => {
      checks.push(outcome);
      if (!json) printLine(lineOf(outcome));
    });
    if (json) printJson({ ok, url: running.url, version: running.version, checks });
    else printLine(ok ? '\nHoldfast is well.' : '\nSomething is wrong: see the lines marked FAILED.');
    if (ok) return EXIT.ok;
    return context.things.silent ? EXIT.notRunning : EXIT.notWell;
  },
};
