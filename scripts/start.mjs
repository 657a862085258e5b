// npm start: sets up what is missing, builds what has changed, and opens Holdfast. Arguments are passed on to it.
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { repositoryRoot } from './runtime/files/paths.mjs';
import { runInForeground } from './runtime/system/foreground.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  const { electron, env, flags, stop } = await ensureRuntime({ electron: true, display: true });
  try {
    await ensureBuild();
    const command = /** @type {NonNullable<typeof electron>} */ (electron).executablePath;
    return (await runInForeground(command, [...flags, repositoryRoot, ...process.argv.slice(2)], { env })).code;
  } finally {
    await stop();
  }
});
