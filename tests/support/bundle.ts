import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const REPOSITORY = resolve(import.meta.dirname, '../..');

export interface Bundle {
  /** JavaScript that plain Node runs. */
  readonly file: string;
  remove(): void;
}

/** Makes one file of a TypeScript program, so that a test can run it as a process of its own. */
export async function bundleForNode(entry: string): Promise<Bundle> {
  // Inside node_modules, where packages that stay outside the bundle are found and no tool looks for sources.
  const parent = join(REPOSITORY, 'node_modules/.holdfast-tests');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bundle-'));
  await build({
    configFile: false,
    root: REPOSITORY,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { external: ['better-sqlite3'], output: { entryFileNames: 'program.mjs' } },
    },
  });
  return { file: join(folder, 'program.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
