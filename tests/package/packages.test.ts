import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fileIn, MAKE_MS, makePackages } from '#tests/support/package-making';
import { inRepository } from '#tests/support/paths';
import { visibleErrors } from '#tests/support/visible-errors';
import { FUSES } from '../../scripts/package/desktop.mjs';
import { ICON_SIZES } from '../../scripts/package/icon-sizes.mjs';
import { SIZES } from '../../scripts/package/sizes.mjs';
import { findCommand } from '../../scripts/runtime/files/paths.mjs';

const run = promisify(execFile);
const START_MS = 15_000;
const SEVERAL_STARTS_MS = 60_000;
const missing = ['dpkg-deb', 'tar', 'gzip', 'zip', 'git'].filter((name) => !findCommand([name]));
const cannot = process.platform !== 'linux' || missing.length > 0;
if (cannot) console.warn(`SKIPPED: all tests of packages. They need Linux with: ${missing.join(', ')}`);

const hasRpm = findCommand(['rpmbuild']) !== undefined && findCommand(['rpm2archive']) !== undefined;
if (!cannot && !hasRpm) console.warn('SKIPPED: tests of the .rpm. They need rpmbuild (Debian: apt install rpm)');

let work = '';
let first = '';
const made = (suffix: string) => fileIn(first, suffix);

beforeAll(async () => {
  if (cannot) return;
  work = mkdtempSync(join(tmpdir(), 'holdfast-packages-'));
  first = join(work, 'first');
  await makePackages(first);
  await run('dpkg-deb', ['-x', made('.deb'), join(work, 'root')]);
  await run('dpkg-deb', ['-e', made('.deb'), join(work, 'control')]);
  const project = join(work, 'project');
  await run('mkdir', [project]);
  writeFileSync(join(project, 'package.json'), '{}');
  // No network: its one dependency, and what that names, are the folders that are here.
  const here = ['better-sqlite3', 'node-addon-api'].map((name) => inRepository(`node_modules/${name}`));
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...quiet, made('.tgz'), ...here], { cwd: project, timeout: 30_000 });
}, MAKE_MS);
afterAll(() => {
  if (work) rmSync(work, { recursive: true, force: true });
});

describe.skipIf(cannot)('what is made', () => {
  test('has a checksum for each', () => {
    const sums = readFileSync(join(first, 'SHA256SUMS'), 'utf8');
    expect(sums.trim().split('\n')).toHaveLength(hasRpm ? 5 : 4);
  });

  test('says so when its Electron is for tests, and is then refused as a release', async () => {
    const { version, electron, test: isTest } = JSON.parse(readFileSync(installed('build.json'), 'utf8'));
    const { stdout } = await run('dpkg-deb', ['-f', made('.deb'), 'Version', 'Description', 'Depends']);
    expect(stdout).toContain(version);
    expect(stdout).toContain('libasound2');
    expect(stdout.includes('not for use')).toBe(isTest);
    expect(version.includes(`test.electron${electron}`)).toBe(isTest);
    if (!isTest) return;
    await expect(makePackages(join(work, 'release'), ['--release'])).rejects.toThrow('for tests only');
    expect(existsSync(join(work, 'release'))).toBe(false);
  });

  test('lists its parts', () => {
    const { components } = JSON.parse(readFileSync(made('.cdx.json'), 'utf8'));
    const names = components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['electron', 'better-sqlite3', 'hono', 'jose', 'react', 'zod']));
    expect(names).not.toContain('vitest');
    const licences = readFileSync(installed('LICENSES.txt'), 'utf8');
    expect(licences).toMatch(/^hono .*\n=+\n.*MIT/m);
  });
});

const installed = (path: string) => join(work, 'root/usr/lib/holdfast', path);

describe.skipIf(cannot)('the .deb', () => {
  test('holds what a desktop needs, owned by root', async () => {
    const { stdout } = await run('dpkg-deb', ['-c', made('.deb')], { maxBuffer: 1e7 });
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !/^\S+ root\/root /.test(line))).toEqual([]);
    expect(stdout).toMatch(/^-rwsr-xr-x .* \.\/usr\/lib\/holdfast\/chrome-sandbox$/m);
    for (const file of [
      'bin/holdfast -> ../lib/holdfast/bin/holdfast',
      'share/man/man1/holdfast.1.gz',
      'share/doc/holdfast/copyright',
      'share/applications/holdfast.desktop',
      ...ICON_SIZES.map((size) => `share/icons/hicolor/${size}x${size}/apps/holdfast.png`),
    ]) {
      expect(stdout).toContain(` ./usr/${file}\n`);
    }
  });

  test('has one native module outside the asar, and no app beside it', async () => {
    const { stdout } = await run('find', [installed('resources'), '-type', 'f', '-printf', '%P\n']);
    const files = stdout.trim().split('\n').sort();
    expect(files).toEqual(['app.asar', expect.stringMatching(/^app\.asar\.unpacked\/.*better-sqlite3\/.*\.node$/)]);
  });

  test('has the fuses that are asked for', async () => {
    const wire = await getCurrentFuseWire(installed('holdfast'));
    for (const [fuse, isOn] of Object.entries(FUSES)) {
      const state = String.fromCharCode(Number(wire[Number(fuse) as FuseV1Options]));
      expect([FuseV1Options[Number(fuse)], state]).toEqual([FuseV1Options[Number(fuse)], isOn ? '1' : '0']);
    }
  });

  test.skipIf(!findCommand(['desktop-file-validate']))('has a valid desktop file', async () => {
    await run('desktop-file-validate', [join(work, 'root/usr/share/applications/holdfast.desktop')]);
  });

  test('is what opens links', () => {
    const lines = readFileSync(join(work, 'root/usr/share/applications/holdfast.desktop'), 'utf8').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['Exec=/usr/bin/holdfast %u', 'MimeType=x-scheme-handler/holdfast;']));
  });

  test('starts at login by its own command, once that is switched on', async () => {
    const home = mkdtempSync(join(work, 'home-'));
    const env = { PATH: process.env.PATH, HOME: home };
    const before = await run(installed('bin/holdfast'), ['startup', '--json'], { env });
    expect(JSON.parse(before.stdout)).toEqual({ enabled: false, possible: true, note: null });
    await run(installed('bin/holdfast'), ['startup', 'on'], { env });
    const file = join(home, '.config/autostart/holdfast.desktop');
    expect(readFileSync(file, 'utf8')).toContain(`\nExec=${installed('bin/holdfast')} --hidden\n`);
    if (findCommand(['desktop-file-validate'])) await run('desktop-file-validate', [file]);
    await run(installed('bin/holdfast'), ['startup', 'off'], { env });
    expect(existsSync(file)).toBe(false);
  });

  // It has no list of them, so the first and the last one stand for all.
  test.each(['activity', 'updates'])('passes the word %s on to the command line', async (word) => {
    const { stdout } = await run(installed('bin/holdfast'), [word, '--help'], { timeout: START_MS });
    expect(stdout).toContain(`holdfast ${word}`);
  });

  test('says of an unknown word that there is no such command', async () => {
    const failed = await run(installed('bin/holdfast'), ['statsu']).catch((error) => error);
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining('there is no command "statsu"')]);
  });

  test.each([[[]], [['holdfast://servers']]])(
    'opens the app with %j, and says what to do where there is no display',
    async (args) => {
      const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...env } = process.env;
      const failed = await run(installed('bin/holdfast'), args, { env }).catch((error) => error);
      expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('holdfast headless')]);
    },
  );
});

describe.skipIf(cannot)('the scripts of the .deb', () => {
  const script = (name: string) => readFileSync(join(work, 'control', name), 'utf8');

  test.each(['prerm', 'postinst', 'postrm'])('%s is a shell script', async (name) => {
    await run('sh', ['-n', join(work, 'control', name)]);
  });

  test('end what runs on removal, and nothing on an upgrade', { timeout: SEVERAL_STARTS_MS }, async () => {
    const env = { ...process.env, HOLDFAST_DATA_DIR: mkdtempSync(join(work, 'data-')), HOLDFAST_PORT: '0' };
    const other = visibleErrors(
      spawn(installed('bin/holdfast'), ['headless'], { env, stdio: ['pipe', 'pipe', 'pipe'] }),
    );
    onTestFinished(() => void other.kill('SIGKILL'));
    await lineOf(other, /^(Window:)/);
    // The same script, about the folder in which this one is installed.
    const prerm = script('prerm').replaceAll('/usr/lib/holdfast', installed('.').replace(/\/\.?$/, ''));
    const file = join(work, 'prerm');
    writeFileSync(file, prerm);
    await run('sh', [file, 'upgrade', '9.9.9']);
    expect(other.exitCode).toBeNull();
    process.kill(other.pid ?? 0, 0);
    const ended = once(other, 'exit', { signal: AbortSignal.timeout(SEVERAL_STARTS_MS) });
    await run('sh', [file, 'remove'], { timeout: SEVERAL_STARTS_MS });
    expect(await ended).toEqual([0, null]);
  });

  test('say where data stays, and how the new version is started', async () => {
    expect((await run('sh', [join(work, 'control/postrm'), 'remove'])).stdout).toContain('~/.config/Holdfast');
    expect((await run('sh', [join(work, 'control/postrm'), 'upgrade', '9'])).stdout).toBe('');
    expect((await run('sh', [join(work, 'control/postinst'), 'configure', '0.0.1'])).stdout).toContain('holdfast quit');
    expect((await run('sh', [join(work, 'control/postinst'), 'configure', ''])).stdout).toBe('');
  });
});

describe.skipIf(cannot || !hasRpm)('the .rpm', () => {
  test('holds the same files as the .deb, owned by root, and clashes with no other app', async () => {
    const folder = join(work, 'rpm');
    await run('mkdir', [folder]);
    await run('sh', ['-c', 'rpm2archive -n - < "$0" | tar -xp -C "$1"', made('.rpm'), folder]);
    expect(await run('diff', ['-r', join(folder, 'usr'), join(work, 'root/usr')])).toEqual({ stdout: '', stderr: '' });
    const format = '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]';
    const { stdout } = await run('rpm', ['-qp', '--qf', format, made('.rpm')]);
    expect(stdout).toMatch(/^-rwsr-xr-x root\/root \/usr\/lib\/holdfast\/chrome-sandbox$/m);
    expect(stdout.match(/ root\/root /g)).toHaveLength(stdout.trim().split('\n').length);
    expect(stdout).not.toContain('.build-id');
  });

  test('has the scripts of the .deb, for removal and for an upgrade', async () => {
    const { stdout } = await run('rpm', ['-qp', '--scripts', made('.rpm')]);
    const parts = stdout.split(/^\w+ scriptlet .*$/m).slice(1);
    const bodyOf = (word: string) => parts.find((part) => part.includes(word)) ?? '';
    for (const [index, part] of parts.entries()) {
      const file = join(work, `scriptlet-${index}`);
      writeFileSync(file, part);
      await run('sh', ['-n', file]);
    }
    expect(bodyOf('end_holdfast keeper')).toContain('if [ "$1" = 0 ]');
    expect(bodyOf('Delete that folder')).toContain('if [ "$1" = 0 ]');
    expect(bodyOf('goes on as the older version')).toContain('if [ "$1" -gt 1 ]');
  });

  test('names what it needs by the names of libraries', async () => {
    const { stdout } = await run('rpm', ['-qp', '--requires', made('.rpm')]);
    expect(stdout).toContain('libgtk-3.so.0()(64bit)');
  });
});

describe.skipIf(cannot)('the npm package', () => {
  test('is less than 1 MB of our own, and little more with the libraries', () => {
    const { npm, npm_own } = JSON.parse(readFileSync(join(first, SIZES), 'utf8'));
    expect(npm).toBe(statSync(made('.tgz')).size);
    expect(npm_own).toBeGreaterThan(100_000);
    expect(npm_own).toBeLessThan(1_000_000);
    expect(npm).toBeLessThan(1_500_000);
  });

  test('needs better-sqlite3 and nothing else', async () => {
    const folder = join(work, 'project/node_modules/holdfast');
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(Object.keys(about.dependencies)).toEqual(['better-sqlite3']);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['main', 'renderer']);
    expect(readdirSync(join(folder, 'out/main'))).not.toContain('index.js');
  });

  test('holds programs that V8 keeps with one byte for each character', () => {
    const main = join(work, 'project/node_modules/holdfast/out/main');
    const programs = readdirSync(main).filter((name) => name.endsWith('.js'));
    expect(programs).toContain('headless.js');
    for (const name of programs) expect(readFileSync(join(main, name), 'utf8'), name).toMatch(/^[\0-\xff]*$/);
  });

  test.each(['20.20.0', '22.13.1', '18.0.0'])('refuses Node %s with a sentence', async (version) => {
    const old = join(work, `old-${version}.cjs`);
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    const start = join(work, 'project/node_modules/holdfast/holdfast.cjs');
    const failed = await run(process.execPath, ['-r', old, start, '--version']).catch((error) => error);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/^holdfast: .*22\.14 or newer\.\n$/)]);
  });
});

// Side by side: the doctor mostly waits.
describe.skipIf(cannot).concurrent.each([
  ['npm package', () => join(work, 'project/node_modules/.bin/holdfast')],
  ['.deb', () => installed('bin/holdfast')],
])('an installed %s', (name, command) => {
  test('runs without a window, is well, and is reached over stdio', { timeout: 60_000 }, async ({
    expect,
    onTestFinished,
  }) => {
    const port = await freePort();
    const folder = mkdtempSync(join(work, 'data-'));
    const env = { ...process.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: String(port) };
    const idle = await run(command(), ['status'], { env }).catch((error) => error);
    expect([idle.code, idle.stderr]).toEqual([3, expect.stringContaining('holdfast headless')]);
    expect(idle.stderr).not.toContain('npm run');
    if (name === 'npm package') expect(idle.stderr).toContain('npx');

    const start = (...args: string[]) => {
      const child = visibleErrors(spawn(command(), args, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    };
    const host = start('headless');
    const link = await lineOf(host, /^Window: +open (\S+)#/);
    const page = await fetch(link, { signal: AbortSignal.timeout(5_000) });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
    const doctor = await run(command(), ['doctor'], { env, timeout: 30_000 });
    expect(doctor.stderr).toBe('');

    const bridge = start('bridge');
    const clientInfo = { name: 'package-test', version: '1' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    bridge.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    expect(await lineOf(bridge, /^(.*"id":1.*)$/)).toContain('"serverInfo"');
    bridge.stdin?.end();
    await once(bridge, 'exit', { signal: AbortSignal.timeout(START_MS) });

    host.kill('SIGINT');
    const [code] = await once(host, 'exit', { signal: AbortSignal.timeout(START_MS) });
    expect(code).toBe(0);
  });
});

/** The first group of the first line of output that matches. */
async function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  const seen: string[] = [];
  const lines = createInterface({ input: child.stdout, signal: AbortSignal.timeout(START_MS) });
  for await (const line of lines) {
    seen.push(line);
    const found = pattern.exec(line)?.[1];
    if (found) return found;
  }
  throw new Error(`no line like ${pattern} in:\n${seen.join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
