import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { entryValues, execArguments } from '#src/main/platform/start-at-login/desktop-entry';
import { inRepository } from '#tests/support/paths';
import { findCommand } from '../../scripts/runtime/files/paths.mjs';
import { runCommand } from './support/background';
import { expect, launchHoldfast, test } from './support/holdfast';

test.skip(process.platform !== 'linux', 'A file decides over starting at login on Linux alone.');

const set = (window: Page, enabled: boolean) =>
  window.evaluate((input) => (globalThis as unknown as { holdfast: Api }).holdfast.invoke('startup.set', input), {
    enabled,
  });
interface Api {
  invoke(method: string, input: unknown): Promise<unknown>;
}

test('switched on in the window, the next login starts it without one', async ({ folder }) => {
  const config = mkdtempSync(join(tmpdir(), 'holdfast config $x-'));
  const file = join(config, 'autostart/holdfast.desktop');
  const holdfast = await launchHoldfast({ folder, env: { XDG_CONFIG_HOME: config } });
  try {
    expect(existsSync(file)).toBe(false);
    expect(await set(holdfast.window, true)).toMatchObject({ ok: true, value: { enabled: true, note: null } });
  } finally {
    await holdfast.close();
  }
  await logIn(config, file);
  try {
    await expect.poll(() => readEndpointFile(folder)?.url ?? '', { timeout: 15_000 }).toContain('http://127.0.0.1');
    const { url = '', pid = 0 } = readEndpointFile(folder) ?? {};
    expect((await fetch(`${url}/api/mcp/health`)).status).toBe(200);
    expect(renderersOf(pid)).toEqual([]);
  } finally {
    expect(await runCommand(folder, 'quit')).toMatchObject({ code: 0 });
    rmSync(config, { recursive: true });
  }
});

test('what the unit of a service starts is this Holdfast, without a window', async ({ folder }) => {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    HOLDFAST_DATA_DIR: folder,
    HOLDFAST_PORT: '0',
  };
  // The service manager of whoever runs the tests is not found, and the unit is written all the same.
  const install = spawn(process.execPath, [inRepository('out/main/holdfast.js'), 'service', 'install'], { env });
  install.stdout.resume();
  await once(install, 'close');
  const unit = readFileSync(join(folder, '.config/systemd/user/holdfast.service'), 'utf8');
  const exec = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '';
  const [program = '', ...args] = [...exec.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
  const variables = [...unit.matchAll(/^Environment="(\w+)=([^"]*)"$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const service = spawn(program, args, { env: Object.fromEntries(variables), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await expect.poll(() => readEndpointFile(folder)?.pid ?? 0, { timeout: 15_000 }).toBe(service.pid);
  } finally {
    const gone = once(service, 'exit');
    service.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  }
});

/** Starts what a desktop starts at login: by dex, which does just that, or else by reading the file ourselves. */
async function logIn(config: string, file: string): Promise<void> {
  const env = { ...process.env, XDG_CONFIG_HOME: config, HOLDFAST_SECRETS: 'file' };
  const [program = '', ...args] = findCommand(['dex'])
    ? ['dex', '--autostart', '--environment', 'GNOME', '--search-paths', join(config, 'autostart')]
    : (execArguments(entryValues(readFileSync(file, 'utf8'))?.get('Exec') ?? '') ?? []);
  const child = spawn(program, args, { env, stdio: 'ignore', detached: true });
  child.unref();
  await once(child, 'spawn');
}

/** Processes of windows below a process. */
function renderersOf(pid: number): string[] {
  const commands = readdirSync('/proc').flatMap((id) => {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
      return [{ parent: Number(parent), id: Number(id), command: readFileSync(`/proc/${id}/cmdline`, 'utf8') }];
    } catch {
      return [];
    }
  });
  const below = (parent: number): string[] =>
    commands.filter((one) => one.parent === parent).flatMap(({ id, command }) => [command, ...below(id)]);
  return below(pid).filter((command) => command.includes('--type=renderer'));
}
