// npm run package [-- --release] [--to FOLDER]: makes the packages of this version in release/ (docs/packages.md).
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeNpm, makeTar, writeSbom, writeSums } from './package/archives.mjs';
import { makeDeb } from './package/deb.mjs';
import { addCommand, makeApp, writeNote } from './package/desktop.mjs';
import { layOut, settle } from './package/linux-tree.mjs';
import { makeRpm } from './package/rpm.mjs';
import { about, stageDesktop, stageNpm, writeLicences } from './package/stage.mjs';
import { ensureElectron } from './runtime/electron/electron.mjs';
import { findCommand, packageFolder, repositoryRoot as root } from './runtime/files/paths.mjs';
import { ensureSqlite, thisNode } from './runtime/sqlite.mjs';
import { mustRun } from './runtime/system/child.mjs';
import { runMain, SetupError } from './runtime/terminal/errors.mjs';
import { say } from './runtime/terminal/log.mjs';

await runMain(async () => {
  const options = /** @type {const} */ ({ release: { type: 'boolean' }, to: { type: 'string', default: 'release' } });
  const { values } = parseArgs({ options });
  if (process.platform !== 'linux') throw new SetupError('Packages are made on Linux only, so far.', 'Use Linux.');
  const electron = await ensureElectron();
  const electronVersion = (await readFile(join(electron.folder, 'version'), 'utf8')).trim().replace(/^v/, '');
  const isTest = electronVersion !== (await about()).devDependencies.electron;
  if (isTest && values.release) {
    throw new SetupError(
      `This is Electron ${electronVersion}, which is for tests only.`,
      'Make the release where Electron can be downloaded: delete ELECTRON_OVERRIDE_DIST_PATH, run npm start once.',
    );
  }
  const napi = Number(electronVersion.split('.')[0]) >= 35 ? 10 : 9;
  await ensureSqlite([thisNode(), { name: 'Electron', command: electron.executablePath, napi }]);
  const epoch = Number(
    await mustRun('git log', 'git', ['log', '-1', '--format=%ct'], { timeoutMs: 10_000, cwd: root }),
  );
  const version = (await about()).version;
  const named = isTest ? `${version}+test.electron${electronVersion}` : version;
  const note = isTest ? `A test build with Electron ${electronVersion}: not for use.` : '';
  const release = resolve(root, values.to);
  const work = await mkdtemp(join(tmpdir(), 'holdfast-package-'));
  try {
    await rm(release, { recursive: true, force: true });
    await mkdir(release, { recursive: true });
    const out = join(work, 'out');
    // Into an empty folder: out/ keeps the parts of earlier builds.
    const build = [join(packageFolder('electron-vite'), 'bin/electron-vite.js'), 'build'];
    const buildArgs = [...build, '--mode', 'package', '--outDir', out];
    await mustRun('The build', process.execPath, buildArgs, { timeoutMs: 10 * 60_000, cwd: root });
    const licences = join(work, 'LICENSES.txt');
    await writeLicences(licences);
    await stageNpm({ out, folder: join(work, 'npm') });
    await cp(licences, join(work, 'npm/LICENSES.txt'));
    await makeNpm(join(work, 'npm'), release);
    await stageDesktop({ out, folder: join(work, 'app'), napi });
    const app = await makeApp({ electron: electron.folder, version: electronVersion, stage: join(work, 'app'), work });
    await addCommand(app, { root, licences });
    await writeNote(app, { version: named, electron: electronVersion, test: isTest });
    const name = `holdfast-${named}-linux-${process.arch}`;
    await cp(app, join(work, 'tar', name), { recursive: true });
    await makeTar({ folder: join(work, 'tar'), name, epoch, file: join(release, `${name}.tar.gz`) });
    const tree = join(work, 'tree');
    await layOut({ app, tree, root });
    await settle(tree, epoch);
    const common = { tree, root, version: named, note, epoch };
    const deb = join(release, `holdfast_${named}_${process.arch === 'x64' ? 'amd64' : process.arch}.deb`);
    await makeDeb({ ...common, folder: join(work, 'deb'), file: deb });
    if (findCommand(['rpmbuild'])) {
      const file = join(release, `holdfast-${named}.${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.rpm`);
      await mkdir(join(work, 'rpm'));
      await makeRpm({ ...common, work: join(work, 'rpm'), file });
    } else say('no .rpm is made: there is no rpmbuild (Debian: apt install rpm)');
    await writeSbom({ root, epoch, electron: electronVersion, file: join(release, `holdfast-${named}.cdx.json`) });
    await writeSums(release);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  process.stdout.write(`${note ? `${note}\n` : ''}${await readFile(join(release, 'SHA256SUMS'), 'utf8')}`);
  return undefined;
});
