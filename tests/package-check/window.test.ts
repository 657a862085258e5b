import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileIn, MAKE_MS, makePackages } from '#tests/support/package-making';
import { inRepository, REPOSITORY } from '#tests/support/paths';

const run = promisify(execFile);
const FLOWS_MS = 10 * 60_000;
const CONFIG = inRepository('tests/package-check/playwright.config.ts');
const cannot = process.platform !== 'linux';

let work = '';
let executable = '';
let shipped: Record<string, unknown> = {};

beforeAll(async () => {
  if (cannot) return;
  work = mkdtempSync(join(tmpdir(), 'holdfast-window-'));
  await makePackages(join(work, 'made'), ['--only', 'tar']);
  mkdirSync(join(work, 'app'));
  await run('tar', ['-xzf', fileIn(join(work, 'made'), '.tar.gz'), '-C', join(work, 'app')]);
  const [folder = ''] = readdirSync(join(work, 'app'));
  executable = join(work, 'app', folder, 'holdfast');
  shipped = { ...(await getCurrentFuseWire(executable)) };
  // Playwright reaches the main process through Node's inspector, which the fuse of what is shipped forbids.
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}, MAKE_MS);
afterAll(() => {
  if (work) rmSync(work, { recursive: true, force: true });
});

describe.skipIf(cannot)('the packaged window', () => {
  test('is here a test build, which differs from what is shipped in the one fuse that forbids inspection', async () => {
    const wire: Record<string, unknown> = { ...(await getCurrentFuseWire(executable)) };
    const changed = Object.keys(shipped).filter((fuse) => shipped[fuse] !== wire[fuse]);
    expect(changed.map((fuse) => FuseV1Options[Number(fuse)])).toEqual(['EnableNodeCliInspectArguments']);
  });

  test('passes the main flows', { timeout: FLOWS_MS }, async () => {
    const args = [inRepository('node_modules/@playwright/test/cli.js'), 'test', '--config', CONFIG];
    const env = { ...process.env, HOLDFAST_E2E_APP: executable };
    const options = { cwd: REPOSITORY, env, timeout: FLOWS_MS, maxBuffer: 1e8 };
    const { code, stdout } = await run(process.execPath, args, options).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error) => error,
    );
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/\d+ passed/);
  });
});
