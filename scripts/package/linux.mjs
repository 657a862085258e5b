import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureElectron } from '../runtime/electron/electron.mjs';
import { findCommand, repositoryRoot as root } from '../runtime/files/paths.mjs';
import { ensureSqlite, thisNode } from '../runtime/sqlite.mjs';
import { SetupError } from '../runtime/terminal/errors.mjs';
import { say } from '../runtime/terminal/log.mjs';
import { makeTar } from './archives.mjs';
import { makeDeb } from './deb.mjs';
import { addCommand, makeApp, writeNote } from './desktop.mjs';
import { layOut, settle } from './linux-tree.mjs';
import { makeRpm } from './rpm.mjs';
import { about, stageDesktop } from './stage.mjs';

/**
 * The Electron that goes into the packages.
 *
 * @param {boolean} release whether one that is for tests only is refused
 * @returns {Promise<{ folder: string, version: string, napi: number, named: string, note: string }>} `named`: Holdfast's
 *   version as the packages show it; `note`: a sentence about a test build, or nothing
 * @throws {SetupError} which says what to do
 */
export async function chooseElectron(release) {
  const { folder, executablePath } = await ensureElectron();
  const electron = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '');
  const { version, devDependencies } = await about();
  const isTest = electron !== devDependencies.electron;
  if (isTest && release) {
    throw new SetupError(
      `This is Electron ${electron}, which is for tests only.`,
      'Make the release where Electron can be downloaded: delete ELECTRON_OVERRIDE_DIST_PATH, run npm start once.',
    );
  }
  const napi = Number(electron.split('.')[0]) >= 35 ? 10 : 9;
  await ensureSqlite([thisNode(), { name: 'Electron', command: executablePath, napi }]);
  return {
    ...{ folder, version: electron, napi },
    named: isTest ? `${version}+test.electron${electron}` : version,
    note: isTest ? `A test build with Electron ${electron}: not for use.` : '',
  };
}

/**
 * Makes the packages that have Electron in them.
 *
 * @param {object} options
 * @param {Awaited<ReturnType<typeof chooseElectron>>} options.electron
 * @param {string} options.out a fresh build
 * @param {string} options.licences the file with the licence texts
 * @param {string} options.work an empty folder
 * @param {string} options.release gets the packages
 * @param {number} options.epoch time of all files, in seconds
 * @param {(kind: string) => boolean} options.wants
 */
export async function makeLinux({ electron, out, licences, work, release, epoch, wants }) {
  const { named, note, napi, version } = electron;
  await stageDesktop({ out, folder: join(work, 'app'), napi });
  const app = await makeApp({ electron: electron.folder, version, stage: join(work, 'app'), work });
  await addCommand(app, { root, licences });
  await writeNote(app, { version: named, electron: version, test: note !== '' });
  const isIntel = process.arch === 'x64';
  if (wants('tar')) {
    const name = `holdfast-${named}-linux-${process.arch}`;
    await cp(app, join(work, 'tar', name), { recursive: true });
    await makeTar({ folder: join(work, 'tar'), name, epoch, file: join(release, `${name}.tar.gz`) });
  }
  const tree = join(work, 'tree');
  await layOut({ app, tree, root });
  await settle(tree, epoch);
  const common = { tree, root, version: named, note, epoch };
  if (wants('deb')) {
    const file = join(release, `holdfast_${named}_${isIntel ? 'amd64' : process.arch}.deb`);
    await makeDeb({ ...common, folder: join(work, 'deb'), file });
  }
  if (!wants('rpm')) return;
  if (!findCommand(['rpmbuild'])) return say('no .rpm is made: there is no rpmbuild (Debian: apt install rpm)');
  await mkdir(join(work, 'rpm'));
  const file = join(release, `holdfast-${named}.${isIntel ? 'x86_64' : 'aarch64'}.rpm`);
  await makeRpm({ ...common, work: join(work, 'rpm'), file });
}
