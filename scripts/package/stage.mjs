import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder, repositoryRoot } from '../runtime/files/paths.mjs';

const at = (/** @type {string} */ path) => join(repositoryRoot, path);

/** @returns {Promise<any>} the repository's package.json */
export const about = async () => JSON.parse(await readFile(at('package.json'), 'utf8'));

/**
 * Lays out what the desktop packages put into their asar: the build, and of better-sqlite3 the one binary that fits.
 *
 * @param {{ out: string, folder: string, napi: number }} options `out`: a fresh build; `folder`: gets the files; `napi`:
 *   Node-API version of the Electron
 */
export async function stageDesktop({ out, folder, napi }) {
  const { name, productName, version, description, license } = await about();
  await mkdir(join(folder, 'resources/icons'), { recursive: true });
  await cp(out, join(folder, 'out'), { recursive: true });
  await cp(at('resources/icons/256.png'), join(folder, 'resources/icons/256.png'));
  const parts = { name, productName, version, description, license, type: 'module', main: 'out/main/index.js' };
  await writeJson(join(folder, 'package.json'), { ...parts, holdfast: { installation: 'desktop' } });
  const binary = napi >= 10 ? `prebuilds/linux-${process.arch}.node` : 'build/Release/better_sqlite3.node';
  for (const part of ['package.json', 'LICENSE', 'lib', binary]) {
    const to = join(folder, 'node_modules/better-sqlite3', part);
    await cp(join(packageFolder('better-sqlite3'), part), to, { recursive: true });
  }
}

/**
 * Lays out the npm package: no Electron, and better-sqlite3 as its only dependency.
 *
 * @param {{ out: string, folder: string }} options
 */
export async function stageNpm({ out, folder }) {
  const { name, version, description, license, dependencies } = await about();
  await mkdir(folder, { recursive: true });
  await cp(join(out, 'renderer'), join(folder, 'out/renderer'), { recursive: true });
  await cp(join(out, 'main'), join(folder, 'out/main'), {
    recursive: true,
    // The one of Electron.
    filter: (path) => path !== join(out, 'main', 'index.js'),
  });
  for (const file of ['LICENSE', 'README.md']) await cp(at(file), join(folder, file));
  await cp(at('resources/npm-start.cjs'), join(folder, 'holdfast.cjs'));
  await chmod(join(folder, 'holdfast.cjs'), 0o755);
  await writeJson(join(folder, 'package.json'), {
    ...{ name, version, description, license, type: 'module' },
    bin: { holdfast: 'holdfast.cjs' },
    files: ['out', 'holdfast.cjs', 'LICENSES.txt'],
    engines: { node: '>=22.14' },
    dependencies: { 'better-sqlite3': dependencies['better-sqlite3'] },
    holdfast: { installation: 'npm' },
  });
}

/**
 * The packages that the build is made of: those of the lock file that are not for development alone.
 *
 * @returns {Promise<{ path: string, name: string, version: string, licence: string }[]>}
 */
export async function parts() {
  const { packages } = JSON.parse(await readFile(at('package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path, { version, license }]) => {
      return { path, name: path.replace(/^.*node_modules\//, ''), version, licence: license };
    });
}

/**
 * The licence texts of all packages that are part of the build.
 *
 * @param {string} file gets them
 */
export async function writeLicences(file) {
  const texts = [];
  for (const { path, name, version, licence } of await parts()) {
    const names = await readdir(at(path)).catch(() => []);
    const found = names.filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
    const bodies = await Promise.all(found.map((name) => readFile(join(at(path), name), 'utf8')));
    const heading = `${name} ${version} (${licence})`;
    texts.push([heading, '='.repeat(heading.length), ...bodies].join('\n'));
  }
  await writeFile(file, `${texts.join('\n\n')}\n`);
}

/** @param {string} file @param {object} value */
const writeJson = (file, value) => writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
