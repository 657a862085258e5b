import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runHoldfast, cliTest as test } from './support';

/** Bundling may take longer than a test. */
test.beforeAll(({ command }) => void command, 60_000);

test('startup without a window of its own says what starts at login instead', async ({ command, folder }) => {
  const status = await runHoldfast(command, folder, 'startup', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ enabled: false, possible: false });
  const on = await runHoldfast(command, folder, 'startup', 'on');
  expect([on.code, on.stdout, on.stderr]).toEqual([1, '', expect.stringMatching(/^holdfast: .*service install/)]);
  expect(await runHoldfast(command, folder, 'startup', 'off')).toMatchObject({ code: 0 });
  expect(await runHoldfast(command, folder, 'startup', 'maybe')).toMatchObject({ code: 2 });
  expect(existsSync(join(folder, '.config/autostart'))).toBe(false);
});
