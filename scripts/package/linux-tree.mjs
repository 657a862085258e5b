import { chmod, cp, lutimes, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ICON_SIZES } from './icon-sizes.mjs';

/**
 * Gives everything in a folder one time and usual rights, so that an archive of it depends on its contents alone.
 *
 * @param {string} folder
 * @param {number} epoch seconds
 */
export async function settle(folder, epoch) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await settle(path, epoch);
    else await lutimes(path, epoch, epoch);
  }
  await chmod(folder, 0o755);
  await lutimes(folder, epoch, epoch);
}

/**
 * Lays out `usr`, as the .deb and the .rpm install it.
 *
 * @param {{ app: string, tree: string, root: string }} options `app`: the app's folder; `tree`: gets `usr`; `root`: of
 *   the repository
 */
export async function layOut({ app, tree, root }) {
  const from = (/** @type {string} */ path) => join(root, 'resources', path);
  const to = (/** @type {string} */ path) => join(tree, path);
  const put = (/** @type {string} */ source, /** @type {string} */ target) =>
    cp(source, to(target), { recursive: true });
  await put(app, 'usr/lib/holdfast');
  await chmod(to('usr/lib/holdfast/chrome-sandbox'), 0o4755);
  const names = await readdir(to('usr/lib/holdfast'), { recursive: true });
  // Libraries are loaded, not run.
  for (const name of names.filter((each) => /\.(so(\.\d+)*|node)$/.test(each))) {
    await chmod(to(`usr/lib/holdfast/${name}`), 0o644);
  }
  await mkdir(to('usr/bin'));
  await symlink('../lib/holdfast/bin/holdfast', to('usr/bin/holdfast'));
  await put(from('linux/holdfast.desktop'), 'usr/share/applications/holdfast.desktop');
  await put(from('icon.svg'), 'usr/share/icons/hicolor/scalable/apps/holdfast.svg');
  for (const size of ICON_SIZES) {
    await put(from(`icons/${size}.png`), `usr/share/icons/hicolor/${size}x${size}/apps/holdfast.png`);
  }
  await mkdir(to('usr/share/man/man1'), { recursive: true });
  const page = gzipSync(await readFile(from('linux/holdfast.1')), { level: 9 });
  await writeFile(to('usr/share/man/man1/holdfast.1.gz'), page);
  const changes = gzipSync(await readFile(join(root, 'CHANGELOG.md')), { level: 9 });
  await mkdir(to('usr/share/doc/holdfast'), { recursive: true });
  await writeFile(to('usr/share/doc/holdfast/CHANGELOG.md.gz'), changes);
  await put(join(root, 'LICENSE'), 'usr/share/doc/holdfast/copyright');
}

/**
 * The script that a package runs at some step, made of the pieces in resources/linux that it needs.
 *
 * @param {string} root of the repository
 * @param {'end-processes' | 'say-restart' | 'say-data'} name
 * @returns {Promise<string>}
 */
export const piece = (root, name) => readFile(join(root, 'resources/linux', `${name}.sh`), 'utf8');
