// npm run dev: Holdfast from its sources. What the window shows changes in place; a change to the main process or the
// preload script restarts the app. Arguments are passed on to it.
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { build, createServer } from 'vite';
import { forgetBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { repositoryRoot } from './runtime/files/paths.mjs';
import { runInForeground } from './runtime/system/foreground.mjs';
import { reasonOf, runMain, SetupError } from './runtime/terminal/errors.mjs';
import { say } from './runtime/terminal/log.mjs';

// electron-vite reads it when its module is loaded.
process.env.NODE_ENV_ELECTRON_VITE = 'development';
const { resolveConfig } = await import('electron-vite');

const RESTART_FOR = ['src/main', 'src/preload', 'src/shared'];
/** Several files that an editor saves together are one change. */
const SETTLE_MS = 200;

/**
 * Calls back after every change to a file that the window's hot reload does not cover.
 *
 * @param {() => void} changed
 */
function watchSources(changed) {
  /** @type {NodeJS.Timeout | undefined} */
  let settling;
  for (const folder of RESTART_FOR.map((path) => join(repositoryRoot, path)).filter(existsSync)) {
    watch(folder, { recursive: true }, () => {
      clearTimeout(settling);
      settling = setTimeout(changed, SETTLE_MS);
    });
  }
}

async function readConfig() {
  const { config } = await resolveConfig({ root: repositoryRoot }, 'serve', 'development');
  if (!config) throw new SetupError('electron.vite.config.ts could not be read.');
  return config;
}

/** Builds what runs outside of the window. */
async function buildMain() {
  const { main, preload } = await readConfig();
  await build(/** @type {import('vite').InlineConfig} */ (main));
  await build(/** @type {import('vite').InlineConfig} */ (preload));
}

/** @returns {Promise<string>} where the window's files are served, with hot reload */
async function serveRenderer() {
  const { renderer } = await readConfig();
  const before = process.listeners('SIGTERM');
  const server = await createServer(/** @type {import('vite').InlineConfig} */ (renderer));
  // Vite's own would end this process before the app has closed properly.
  for (const listener of process.listeners('SIGTERM')) if (!before.includes(listener)) process.off('SIGTERM', listener);
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new SetupError('The server for the window did not start.');
  return url.replace(/\/$/, '');
}

await runMain(async () => {
  const { electron, env, flags, stop } = await ensureRuntime({ electron: true, display: true });
  const executable = /** @type {NonNullable<typeof electron>} */ (electron).executablePath;
  try {
    // This writes to out/ too, but not what a production build would.
    await forgetBuild();
    await buildMain();
    const url = await serveRenderer();
    let restart = new AbortController();
    watchSources(async () => {
      try {
        await buildMain();
        restart.abort();
      } catch (error) {
        say(`the build failed; the last good one keeps running\n${reasonOf(error)}`);
      }
    });
    for (;;) {
      restart = new AbortController();
      const { code, signalled } = await runInForeground(
        executable,
        [...flags, repositoryRoot, ...process.argv.slice(2)],
        { env: { ...env, ELECTRON_RENDERER_URL: url }, until: restart.signal },
      );
      if (signalled || !restart.signal.aborted) return code;
      say('sources changed, restarting');
    }
  } finally {
    await stop();
  }
});
