import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { step } from '../../../scripts/runtime/terminal/log.mjs';
import { claimAll, tests } from '../../../scripts/test/step.mjs';

/** What is written to the terminal from now on, and where: `out` and `err`. */
function written(): string[] {
  const lines: string[] = [];
  const take = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const spies = [process.stdout, process.stderr].map((to) => vi.spyOn(to, 'write').mockImplementation(take));
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return lines;
}

const NOTHING = { passed: 1, failed: [] } as never;

describe('steps at the same time', () => {
  test('end with a summary when one fails before its turn', async () => {
    written();
    const others = new EventTarget();
    const slow = once(others, 'end').then(() => ({}));
    const tallies = claimAll([
      ['slow', slow],
      ['broken', Promise.reject(new Error('not there'))],
    ]);
    // Node and Vitest complain of a rejection that nobody handles after a turn.
    await turn();
    await turn();
    others.dispatchEvent(new Event('end'));
    expect((await tallies).map(({ failed }) => failed)).toEqual([[], ['broken (failed)']]);
  });

  test('stand in the terminal one after the other', async () => {
    const lines = written();
    const others = new EventTarget();
    const until = once(others, 'end');
    const ran = once(others, 'ran');
    const runner = async () => {
      others.dispatchEvent(new Event('ran'));
      return { printed: 'all of it' };
    };
    const ended = tests('quiet', 'none-such.json', () => NOTHING, runner, { show: false, until });
    await ran;
    await turn();
    expect(lines).toEqual([]);
    others.dispatchEvent(new Event('end'));
    await ended;
    expect(lines[0]).toBe('\n== quiet\nall of it\n');
  });

  test('have a heading above what is wrong, too', async () => {
    const lines = written();
    const runner = async () => Promise.reject(new Error('no vitest here'));
    expect(await tests('quiet', 'none-such.json', () => NOTHING, runner, { show: false })).toMatchObject({
      failed: ['quiet'],
    });
    expect(lines).toEqual(['\n== quiet\nno vitest here\n']);
  });

  test('name themselves when they are done', async () => {
    const lines = written();
    await step('compiling something', async () => {});
    expect(lines.at(-1)).toMatch(/compiling something: done in 0 s\n$/);
  });
});
