import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inRepository } from '#tests/support/paths';

const HELPER = inRepository('tests/support/visible-errors.ts');
/** Writes to standard error and lives on; its parent says its id and ends. */
const LIVES_ON = `process.stderr.write('hello from the child'); setInterval(() => {}, 1000)`;
const PARENT = `
  import { spawn } from 'node:child_process';
  import { visibleErrors } from ${JSON.stringify(HELPER)};
  const child = visibleErrors(spawn(process.execPath, ['-e', ${JSON.stringify(LIVES_ON)}], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  }));
  process.stdout.write(String(child.pid) + '\\n');
  child.stderr.on('data', () => process.exit());
`;

test('what a child says is seen, and its parent’s output ends with the parent, though the child lives on', async ({
  onTestFinished,
}) => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT]);
  let [out, err] = ['', ''];
  parent.stdout.on('data', (text) => (out += text));
  parent.stderr.on('data', (text) => (err += text));
  onTestFinished(() => void process.kill(Number(out), 'SIGKILL'));
  await once(parent, 'close');
  expect(err).toContain('hello from the child');
  expect(process.kill(Number(out), 0), 'the child lives').toBe(true);
});
