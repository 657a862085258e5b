// Copied into an Electron that comes without its default app. It takes the first argument that is not a flag as the
// app's folder and becomes that app. It awaits at the top level, so that `ready` waits until the app's code has run.
import { readFile, stat } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** @typedef {{ _preloadModules(names: readonly string[]): void }} Preloading */
/** @typedef {{ setAppPath(path: string): void, setVersion(version: string): void }} Undocumented */

const [folder, preloaded] = readArguments(process.argv.slice(1));

if (folder === undefined) refuse('Tell Electron which app to run: electron <folder>');
else {
  Object.assign(process, { defaultApp: true });
  // Undocumented; Electron's own default app uses it for -r.
  if (preloaded.length > 0) /** @type {Preloading} */ (/** @type {unknown} */ (Module))._preloadModules(preloaded);
  try {
    await load(folder);
  } catch (error) {
    refuse(`The app in ${folder} could not be started.\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

/**
 * @param {readonly string[]} args
 * @returns {[folder: string | undefined, preloaded: string[]]}
 */
function readArguments(args) {
  /** @type {string[]} */
  const modules = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '-r' || arg === '--require') modules.push(rest.shift() ?? '');
    else if (!arg.startsWith('-')) return [resolve(arg), modules];
  }
  return [undefined, modules];
}

/** @param {string} line */
function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** @param {string} path an app's folder, or one script */
async function load(path) {
  if ((await stat(path)).isFile()) {
    await import(pathToFileURL(path).href);
    return;
  }
  const about = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  // Electron's own default app calls both.
  const own = /** @type {Undocumented} */ (/** @type {unknown} */ (app));
  own.setAppPath(path);
  if (about.version) own.setVersion(about.version);
  if (about.productName ?? about.name) app.setName(about.productName ?? about.name);
  app.setDesktopName(about.desktopName ?? `${app.getName()}.desktop`);
  // Resolved as `require` does it: `main` may lack its extension or name a folder. The slash keeps a file `<folder>.json`
  // beside the folder from being taken for it.
  const main = createRequire(join(path, 'package.json')).resolve('./');
  await import(pathToFileURL(main).href);
}
