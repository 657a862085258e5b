import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { packager } from '@electron/packager';
import { mustRun } from '../runtime/system/child.mjs';

/**
 * What the Electron of a package may do. It stays able to run as Node: the keeper and the command line need that.
 *
 * @type {Readonly<Record<number, boolean>>}
 */
export const FUSES = {
  [FuseV1Options.RunAsNode]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
};

const TOOL_MS = 5 * 60_000;

/**
 * Makes the app's folder, as the packages contain it.
 *
 * @param {{ electron: string, version: string, stage: string, work: string }} options `electron`: folder with its
 *   executable; `version`: Electron's; `stage`: the app's files; `work`: an empty folder
 * @returns {Promise<string>} the folder
 */
export async function makeApp({ electron, version, stage, work }) {
  const zips = await mkdtemp(join(work, 'zip-'));
  const zip = join(zips, `electron-v${version}-linux-${process.arch}.zip`);
  // The fallback has a default app in a folder, which would be loaded before ours.
  const args = ['-q', '-r', '-0', '-X', zip, '.', '-x', 'resources/app/*', 'resources/default_app.asar'];
  await mustRun('Packing Electron with zip (Debian: apt install zip)', 'zip', args, {
    timeoutMs: TOOL_MS,
    cwd: electron,
  });
  const [made = ''] = await packager({
    dir: stage,
    out: join(work, 'packager'),
    tmpdir: join(work, 'tmp'),
    name: 'holdfast',
    executableName: 'holdfast',
    platform: 'linux',
    arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    electronVersion: version,
    electronZipDir: zips,
    asar: { unpack: '**/*.node' },
    prune: false,
    quiet: true,
  });
  await rm(zips, { recursive: true });
  await flipFuses(join(made, 'holdfast'), { version: FuseVersion.V1, ...FUSES });
  const names = await readdir(made);
  // Installers and lintian look for this name.
  if (names.includes('LICENSE.electron.txt')) {
    await rename(join(made, 'LICENSE.electron.txt'), join(made, 'LICENSE.electron'));
  } else if (names.includes('LICENSE')) await rename(join(made, 'LICENSE'), join(made, 'LICENSE.electron'));
  return made;
}

/**
 * @param {string} app folder from {@link makeApp}
 * @param {{ root: string, licences: string }} from the repository, and the licence texts
 */
export async function addCommand(app, { root, licences }) {
  await mkdir(join(app, 'bin'));
  await cp(join(root, 'resources/linux/holdfast.sh'), join(app, 'bin/holdfast'));
  await chmod(join(app, 'bin/holdfast'), 0o755);
  await cp(join(root, 'LICENSE'), join(app, 'LICENSE'));
  await cp(licences, join(app, 'LICENSES.txt'));
}

/** @param {string} folder @param {object} note */
export const writeNote = (folder, note) => writeFile(join(folder, 'build.json'), `${JSON.stringify(note, null, 2)}\n`);
