import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAKE_MS } from '#tests/support/package-making';
import { inRepository, REPOSITORY } from '#tests/support/paths';
import { makeInspectable } from '../../scripts/package/inspectable.mjs';

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
  ({ executable, shipped } = await makeInspectable(work));
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
