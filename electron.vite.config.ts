import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { oneByteText } from './scripts/package/one-byte-text.mjs';
import { WEIGHTS } from './scripts/package/sizes.mjs';
import { updateSource } from './scripts/package/update-source.mjs';

const at = (path: string) => resolve(import.meta.dirname, path);

/** A linked command stays executable when it is rebuilt. */
const executable = (name: string) => ({
  name: 'executable',
  writeBundle: ({ dir = '' }: { dir?: string }) => chmodSync(resolve(dir, name), 0o755),
});

const WEEK_MS = 7 * 24 * 3_600_000;
const HASHED = /-[\w-]{8}\.(js|css)$/;

/**
 * A Holdfast that is rebuilt while it runs may still need parts it has not loaded yet. So the parts of earlier builds, whose
 * names contain a hash of their content, stay for a week. Without `emptyOutDir: false` they would be gone by then.
 */
const keepEarlierParts = (folder: string) => ({
  name: 'keep-earlier-parts',
  writeBundle: ({ dir = '' }: { dir?: string }, bundle: Record<string, unknown>) => {
    for (const name of readdirSync(resolve(dir, folder))) {
      const file = resolve(dir, folder, name);
      const isOld = HASHED.test(name) && Date.now() - statSync(file).mtimeMs > WEEK_MS;
      if (isOld && !(join(folder, name) in bundle)) rmSync(file);
    }
  },
});

/** zod brings its sentences in dozens of languages, and whoever re-exports all of zod brings them all. Ours are our own. */
const onlyEnglishOfZod = {
  name: 'only-english-of-zod',
  load: (id: string) => (/\/zod\/v4\/locales\/index\.js$/.test(id) ? "export { default as en } from './en.js';" : null),
};

/** Takes megabytes less memory in each process. After what makes packages small, which would write the characters out again. */
const inOneByte = {
  name: 'in-one-byte',
  generateBundle(_: unknown, bundle: Record<string, { type: string; code?: string }>) {
    for (const chunk of Object.values(bundle)) if (chunk.code !== undefined) chunk.code = oneByteText(chunk.code);
  },
};

/**
 * Packages carry no comments and no white space. Names of classes and their methods stay, so that an error still says where
 * it came from; those of other functions go, which keeps the npm package small.
 */
const SMALL = {
  compress: { keepNames: { function: false, class: true } },
  mangle: { keepNames: { function: false, class: true } },
  codegen: true,
} as const;

/** How much of what is built is ours, before it is made small: in characters, for the sizes of the packages. */
const weighed = {
  name: 'weighed',
  generateBundle(
    this: { emitFile(file: object): unknown },
    _: unknown,
    bundle: Record<string, { modules?: Record<string, { renderedLength: number }> }>,
  ) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.entries(chunk.modules ?? {}));
    const sum = (all: typeof modules) => all.reduce((length, [, module]) => length + module.renderedLength, 0);
    const own = sum(modules.filter(([id]) => !id.includes('node_modules')));
    this.emitFile({ type: 'asset', fileName: WEIGHTS, source: JSON.stringify({ own, all: sum(modules) }) });
  },
};

export default defineConfig(({ command, mode }) => ({
  main: {
    plugins: [
      executable('holdfast.js'),
      keepEarlierParts('.'),
      onlyEnglishOfZod,
      ...(command === 'build' ? [inOneByte] : []),
      ...(mode === 'package' ? [weighed] : []),
    ],
    define: updateSource(process.env),
    build: {
      emptyOutDir: false,
      target: 'node20',
      // `npm run dev` alone: a debugger then stops in src/. Inline, so that no map of a development build stays in out/.
      sourcemap: command === 'serve' && 'inline',
      // One bundle an entry: fewer files to open is most of what makes a start fast. The native module stays outside.
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron', 'better-sqlite3'],
        input: {
          index: at('src/main/index.ts'),
          headless: at('src/main/headless.ts'),
          holdfast: at('src/main/cli/holdfast.ts'),
          'inspection-worker': at('src/main/store/lifecycle/inspection-worker.js'),
          'kept-worker': at('src/main/store/kept/kept-worker.js'),
          keeper: at('src/main/upstream/keeper/keeper.js'),
          'demo-client': at('src/main/demo/demo-client.js'),
          courier: at('src/main/upstream/login/courier/courier.ts'),
        },
        // Shared code lies beside the entries, as the worker is looked for beside the code that starts it.
        output: { chunkFileNames: '[name]-[hash].js', minify: mode === 'package' && SMALL },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      sourcemap: command === 'serve' && 'inline',
      rollupOptions: {
        external: ['electron'],
        input: { index: at('src/preload/index.ts') },
        // A sandboxed preload is loaded as a CommonJS script.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react(), tailwindcss(), keepEarlierParts('assets'), ...(mode === 'package' ? [weighed] : [])],
    build: {
      emptyOutDir: false,
      // Inlined data: URLs would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      minify: true,
      rollupOptions: { input: at('src/renderer/index.html') },
    },
  },
}));
