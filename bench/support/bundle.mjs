import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';

/** Inside `out/`, so that the native module is found as it is from the product. */
const FOLDER = join(repositoryRoot, 'out', 'bench');

/**
 * Bundles the programs of `hosts/`, which are made of the product's own sources, the way the product is built.
 *
 * @returns {Promise<(name: string) => string>} the file of a host
 */
export async function bundleHosts() {
  const folder = join(repositoryRoot, 'bench', 'hosts');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  await build({
    configFile: false,
    root: repositoryRoot,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: FOLDER,
      emptyOutDir: true,
      rollupOptions: {
        external: ['better-sqlite3'],
        input: Object.fromEntries(names.map((name) => [basename(name, '.ts'), join(folder, name)])),
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  return (name) => join(FOLDER, `${name}.js`);
}
