import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { temporaryFolder } from './support';

const INSTALLED = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));

/** Makes the process look like a runtime with the Node-API of Node 20 and Electron 33, where a prebuild must not be loaded. */
const OLD_NODE_API = `Object.defineProperty(process.versions, 'napi', { value: '9' });`;

describe('a runtime that the prebuilt native module does not fit', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleForNode(join(import.meta.dirname, 'programs/hold-store.ts'));
  });
  afterAll(() => bundle.remove());

  /** The program beside an installation of the database module that holds no compiled file. */
  function install(): { program: string; module: string; folder: string } {
    const folder = temporaryFolder();
    const module = join(folder, 'node_modules/better-sqlite3');
    for (const part of ['package.json', 'lib', 'prebuilds']) {
      cpSync(join(INSTALLED, part), join(module, part), { recursive: true });
    }
    const program = join(folder, 'program.mjs');
    copyFileSync(bundle.file, program);
    return { program, module, folder };
  }

  async function run(program: string, folder: string, preamble: string) {
    const preload = join(folder, 'preload.mjs');
    writeFileSync(preload, preamble);
    const child = spawn(process.execPath, ['--import', preload, program, join(folder, 'data')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const output = text(child.stdout);
    // A program that could open the store would wait on its input forever.
    child.stdin.end();
    const [code] = await once(child, 'exit');
    return { code, output: await output };
  }

  test('is refused before it is loaded, with what to do', async () => {
    const { program, module, folder } = install();
    // Whatever tries to load it would fail with another error.
    rmSync(join(module, 'prebuilds'), { recursive: true });
    const { code, output } = await run(program, folder, OLD_NODE_API);
    expect(output).toContain('internal_error: The database module does not fit this runtime');
    expect(output).toContain('npm start');
    expect(code).toBe(1);
  });

  test('may load a module that was compiled for it', async () => {
    const { program, module, folder } = install();
    mkdirSync(join(module, 'build/Release'), { recursive: true });
    const prebuilt = join(module, 'prebuilds', `${process.platform}-${process.arch}.node`);
    copyFileSync(prebuilt, join(module, 'build/Release/better_sqlite3.node'));
    expect(await run(program, folder, OLD_NODE_API)).toEqual({ code: 0, output: 'open\n' });
  });

  test('is not one with Node-API 10', async () => {
    const { program, folder } = install();
    expect(await run(program, folder, '')).toEqual({ code: 0, output: 'open\n' });
  });
});
