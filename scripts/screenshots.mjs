// npm run screenshots: takes the pictures in docs/images from the real window, with a week of made-up history.
import { join } from 'node:path';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { packageFolder, repositoryRoot } from './runtime/files/paths.mjs';
import { runInForeground } from './runtime/system/foreground.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  const { env, stop } = await ensureRuntime({ electron: true, display: true });
  try {
    await ensureBuild();
    const config = join(repositoryRoot, 'tests/screenshots/playwright.config.ts');
    const command = join(packageFolder('@playwright/test'), 'cli.js');
    return (await runInForeground(process.execPath, [command, 'test', '--config', config], { env })).code;
  } finally {
    await stop();
  }
});
