// A packaged app as it is shipped, but for one fuse: Playwright reaches the main process through Node's inspector.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { repositoryRoot } from '../runtime/files/paths.mjs';
import { mustRun } from '../runtime/system/child.mjs';

const MAKE_MS = 110_000;

/**
 * Makes the package of this working tree, unpacks it and permits inspection. Linux only.
 *
 * @param {string} folder exists and is empty
 * @returns {Promise<{ executable: string, shipped: Record<string, unknown> }>} the program, and the fuses as they are
 *   shipped
 */
export async function makeInspectable(folder) {
  const [made, unpacked] = [join(folder, 'made'), join(folder, 'app')];
  const args = [join(repositoryRoot, 'scripts/package.mjs'), '--to', made, '--only', 'tar'];
  await mustRun('npm run package', process.execPath, args, { timeoutMs: MAKE_MS, cwd: repositoryRoot });
  const archive = (await readdir(made)).find((name) => name.endsWith('.tar.gz'));
  if (archive === undefined) throw new Error('no .tar.gz was made');
  await mkdir(unpacked);
  await mustRun('tar', 'tar', ['-xzf', join(made, archive), '-C', unpacked], { timeoutMs: MAKE_MS });
  const [root = ''] = await readdir(unpacked);
  const executable = join(unpacked, root, 'holdfast');
  const shipped = { ...(await getCurrentFuseWire(executable)) };
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  return { executable, shipped };
}
