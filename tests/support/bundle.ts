import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { COURIER, inRepository, KEEPER, KEPT_WORKER, REPOSITORY } from './paths';

export interface Bundle {
  /** JavaScript that plain Node runs. */
  readonly file: string;
  remove(): void;
}

/**
 * Makes one file of a TypeScript program, with the keeper beside it, so that a test can run it as a process of its own.
 * @param define - constants that are replaced, as the real build does
 */
export async function bundleForNode(entry: string, define: Record<string, string> = {}): Promise<Bundle> {
  // Inside node_modules, where packages that stay outside the bundle are found and no tool looks for sources.
  const parent = inRepository('node_modules/.holdfast-tests');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bundle-'));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  await bundle(entry, folder, 'program.mjs', define);
  // These are looked for beside the code that starts them.
  await bundle(KEEPER, folder, 'keeper.js');
  await bundle(COURIER, folder, 'courier.js');
  await bundle(KEPT_WORKER, folder, 'kept-worker.js');
  return { file: join(folder, 'program.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A fixture of the file: the program bundled for plain Node, as the path of its JavaScript. */
export const bundled =
  (entry: string) =>
  async ({}: object, { onCleanup }: { onCleanup: (cleanup: () => void) => void }): Promise<string> => {
    const { file, remove } = await bundleForNode(entry);
    onCleanup(remove);
    return file;
  };

async function bundle(entry: string, folder: string, name: string, define: Record<string, string> = {}): Promise<void> {
  await build({
    configFile: false,
    root: REPOSITORY,
    logLevel: 'error',
    define,
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { external: ['better-sqlite3'], output: { entryFileNames: name } },
    },
  });
}
