import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

/** A linked command stays one when it is built anew. */
const executable = (name: string) => ({
  name: 'executable',
  writeBundle: ({ dir = '' }: { dir?: string }) => chmodSync(resolve(dir, name), 0o755),
});

export default defineConfig({
  main: {
    plugins: [executable('holdfast.js')],
    build: {
      target: 'node20',
      // One bundle an entry: fewer files to open is most of what makes a start fast. The native module stays outside.
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron', 'better-sqlite3'],
        input: {
          index: at('src/main/index.ts'),
          headless: at('src/main/headless.ts'),
          holdfast: at('src/main/cli/holdfast.ts'),
          'inspection-worker': at('src/main/store/inspection-worker.js'),
          keeper: at('src/main/upstream/keeper/keeper.js'),
        },
        // Shared code lies beside the entries, as the worker is looked for beside the code that starts it.
        output: { chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
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
    plugins: [react(), tailwindcss()],
    build: {
      // Inlined data: URLs would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      minify: true,
      rollupOptions: { input: at('src/renderer/index.html') },
    },
  },
});
