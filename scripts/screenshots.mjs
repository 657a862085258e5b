// npm run screenshots: takes the pictures in docs/images from the window of the package, with a week of made-up history.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeInspectable } from './package/inspectable.mjs';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { packageFolder, repositoryRoot } from './runtime/files/paths.mjs';
import { runInForeground } from './runtime/system/foreground.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  const { env, stop } = await ensureRuntime({ electron: true, display: true });
  const work = await mkdtemp(join(tmpdir(), 'holdfast-pictures-'));
  try {
    // For what the tests use of it; the package has a build of its own.
    await ensureBuild();
    const app = process.platform === 'linux' ? { HOLDFAST_E2E_APP: (await makeInspectable(work)).executable } : {};
    const config = join(repositoryRoot, 'tests/screenshots/playwright.config.ts');
    const command = join(packageFolder('@playwright/test'), 'cli.js');
    return (await runInForeground(process.execPath, [command, 'test', '--config', config], { env: { ...env, ...app } }))
      .code;
  } finally {
    await stop();
    await rm(work, { recursive: true, force: true });
  }
});
