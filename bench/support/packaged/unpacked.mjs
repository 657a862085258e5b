import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/runtime/files/paths.mjs';
import { mustRun } from '../../../scripts/runtime/system/child.mjs';

const MAKE_MS = 180_000;

/**
 * Makes the package of the sources and unpacks it, as a user would.
 *
 * @param {import('../context.mjs').Context} context
 * @returns {Promise<string>} the folder of the app; `bin/holdfast` in it starts it
 */
export async function unpackedApp(context) {
  const folder = await context.folder();
  const [made, app] = [join(folder, 'made'), join(folder, 'app')];
  const script = join(repositoryRoot, 'scripts/package.mjs');
  const options = { timeoutMs: MAKE_MS, env: context.runtime.env, cwd: repositoryRoot };
  await mustRun('Making the package', process.execPath, [script, '--only', 'tar', '--to', made], options);
  const archive = (await readdir(made)).find((name) => name.endsWith('.tar.gz')) ?? '';
  await mkdir(app);
  await mustRun('tar', 'tar', ['-xzf', join(made, archive), '-C', app], { timeoutMs: MAKE_MS });
  const [name = ''] = await readdir(app);
  return join(app, name);
}
