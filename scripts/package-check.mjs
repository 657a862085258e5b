// npm run package:check [-- FILE ...]: makes packages and looks at them as their users would (docs/packages.md). It takes
// some minutes and downloads from Debian and the npm registry, so it is no part of npm test.
import { join } from 'node:path';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { packageFolder, repositoryRoot } from './runtime/files/paths.mjs';
import { run } from './runtime/system/child.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

const CHECK_MS = 40 * 60_000;

await runMain(async () => {
  const { env, stop } = await ensureRuntime({ electron: true, display: true });
  try {
    // For what the tests of the window use of it; the packages have builds of their own.
    await ensureBuild();
    const args = [
      join(packageFolder('vitest'), 'vitest.mjs'),
      'run',
      '--project',
      'package-check',
      '--no-file-parallelism',
    ];
    const files = process.argv.slice(2);
    const options = { timeoutMs: CHECK_MS, cwd: repositoryRoot, env, show: true };
    return (await run(process.execPath, [...args, ...files], options)).code ?? 1;
  } finally {
    await stop();
  }
});
