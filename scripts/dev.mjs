// @ts-check
// npm run dev: Holdfast from its sources; a change shows at once. Arguments are passed on to it.
import { join } from 'node:path';
import { forgetBuild } from './runtime/build.mjs';
import { electronFlags } from './runtime/electron.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { runMain } from './runtime/errors.mjs';
import { runInForeground } from './runtime/foreground.mjs';
import { packageFolder } from './runtime/paths.mjs';

await runMain(async () => {
  const { electron, env, stop } = await ensureRuntime({ electron: true, display: true });
  try {
    // It writes to out/ as well, and not what a production build would.
    await forgetBuild();
    const executable = /** @type {NonNullable<typeof electron>} */ (electron).executablePath;
    const vite = join(packageFolder('electron-vite'), 'bin', 'electron-vite.js');
    return await runInForeground(
      process.execPath,
      [vite, 'dev', '--watch', '--', ...electronFlags(), ...process.argv.slice(2)],
      { ...env, ELECTRON_EXEC_PATH: executable },
    );
  } finally {
    await stop();
  }
});
