// npm run headless: Holdfast without a window, in this process. Needs no Electron and no display.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { repositoryRoot } from './runtime/files/paths.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  await ensureRuntime();
  await ensureBuild();
  const main = join(repositoryRoot, 'out', 'main', 'headless.js');
  // As if it had been started directly.
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
  return undefined;
});
