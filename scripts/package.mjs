// npm run package [-- --release] [--to FOLDER] [--only KIND ...]: makes the packages of this version in release/
// (docs/packages.md). On macOS and Windows that is the npm package alone.
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeNpm, writeSbom, writeSums } from './package/archives.mjs';
import { chooseElectron, makeLinux } from './package/linux.mjs';
import { ownShareOf, writeSizes } from './package/sizes.mjs';
import { about, stageNpm, writeLicences } from './package/stage.mjs';
import { packageFolder, repositoryRoot as root } from './runtime/files/paths.mjs';
import { mustRun } from './runtime/system/child.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  const options = /** @type {const} */ ({
    release: { type: 'boolean', default: false },
    to: { type: 'string', default: 'release' },
    only: { type: 'string', multiple: true },
  });
  const { values } = parseArgs({ options });
  const wants = (/** @type {string} */ kind) => values.only?.includes(kind) ?? true;
  const electron = process.platform === 'linux' ? await chooseElectron(values.release) : undefined;
  const epoch = Number(
    await mustRun('git log', 'git', ['log', '-1', '--format=%ct'], { timeoutMs: 10_000, cwd: root }),
  );
  const release = resolve(root, values.to);
  const work = await mkdtemp(join(tmpdir(), 'holdfast-package-'));
  try {
    await rm(release, { recursive: true, force: true });
    await mkdir(release, { recursive: true });
    const out = join(work, 'out');
    // Into an empty folder: out/ keeps the parts of earlier builds.
    const tool = join(packageFolder('electron-vite'), 'bin/electron-vite.js');
    const build = [tool, 'build', '--mode', 'package', '--outDir', out];
    await mustRun('The build', process.execPath, build, { timeoutMs: 10 * 60_000, cwd: root });
    const share = await ownShareOf(out);
    const licences = join(work, 'LICENSES.txt');
    await writeLicences(licences);
    await stageNpm({ out, folder: join(work, 'npm') });
    await cp(licences, join(work, 'npm/LICENSES.txt'));
    if (wants('npm')) {
      const file = join(release, await makeNpm(join(work, 'npm'), release));
      await writeSizes({ file, share, release });
    }
    if (electron) await makeLinux({ electron, out, licences, work, release, epoch, wants });
    const name = electron?.named ?? (await about()).version;
    const file = join(release, `holdfast-${name}.cdx.json`);
    await writeSbom({ root, epoch, electron: electron?.version, file });
    await writeSums(release);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const note = electron?.note ? `${electron.note}\n` : '';
  process.stdout.write(`${note}${await readFile(join(release, 'SHA256SUMS'), 'utf8')}`);
  return undefined;
});
