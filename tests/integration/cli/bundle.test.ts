import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { unzip } from '../../../scripts/runtime/downloads/unzip.mjs';
import { cliTest, configureServers, environment, type Outcome, runHoldfast } from './support';

/** `holdfast bundle` against a Holdfast in a process of its own. */

const test = cliTest
  .extend(
    'run',
    ({ folder, command }) =>
      (...args: string[]): Promise<Outcome> =>
        runHoldfast(command, folder, 'bundle', ...args),
  )
  .extend(
    'answer',
    ({ folder, command } /** Runs it and types a line. */) =>
      async (typed: string, ...args: string[]): Promise<Outcome> => {
        const child = spawn(process.execPath, [command, 'bundle', ...args], { env: environment(folder), cwd: folder });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (text) => (stdout += text));
        child.stderr.on('data', (text) => (stderr += text));
        child.stdin.end(`${typed}\n`);
        const [code] = await once(child, 'close');
        return { code, stdout, stderr };
      },
  );

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe('holdfast bundle', () => {
  test('shows what is in it, asks, and writes a file that only its owner can read', async ({
    start,
    answer,
    folder,
  }) => {
    await start();
    const no = await answer('no');
    expect(no.code).toBe(1);
    expect(no.stderr).toContain('Nothing was written. Answer "yes", or give --yes.');
    expect(readdirSync(folder).filter((name) => name.endsWith('.zip'))).toEqual([]);
    const yes = await answer('yes');
    expect(yes.stderr).toMatch(/README\.txt +\d+ (B|KiB) +this list/);
    expect(yes.stderr).toMatch(/log\.jsonl .* the end of Holdfast's log/);
    expect(yes.code).toBe(0);
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.zip'));
    expect(yes.stdout).toContain(`Written: ${file}`);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  test('runs the checks first where that is asked for', { timeout: 60_000 }, async ({ start, run, folder }) => {
    await start();
    const file = join(folder, 'b.zip');
    const { code, stdout } = await run('--yes', '--json', '--doctor', '--out', file);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, file });
    await unzip(file, join(folder, 'out'), (name) => name);
    const report = JSON.parse(readFileSync(join(folder, 'out', 'doctor.json'), 'utf8'));
    expect(report).toMatchObject({ running: false });
    expect(report.checks.length).toBe(report.total);
  });

  test('leaves a file alone that is there, without --force', async ({ start, run, folder }) => {
    await start();
    const file = join(folder, 'b.zip');
    writeFileSync(file, 'mine');
    expect(await run('--yes', '--out', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await run('--yes', '--out', file, '--force')).code).toBe(0);
    expect(readFileSync(file, 'latin1').slice(0, 2)).toBe('PK');
  });

  test('has the log of a Holdfast that is not running, without what its servers.json holds', async ({
    start,
    run,
    folder,
  }) => {
    const secrets = { value: 'a plain canary value', argument: 'a-plain-canary-argument' };
    const { stop } = await start();
    await stop();
    const entry = { command: 'nothing', args: [`--key=${secrets.argument}`], env: { MODE: secrets.value } };
    configureServers(folder, { counter: entry });
    const line = { level: 50, time: Date.now(), msg: `said ${secrets.value} and ${secrets.argument}` };
    appendFileSync(join(folder, 'holdfast.log'), `${JSON.stringify(line)}\n`);
    const file = join(folder, 'b.zip');
    const { code, stderr } = await run('--yes', '--out', file);
    expect(code).toBe(0);
    expect(stderr).toContain('Holdfast is not running, so this is what its data folder says.');
    await unzip(file, join(folder, 'out'), (name) => name);
    const text = (name: string) => readFileSync(join(folder, 'out', name), 'utf8');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['README.txt', 'diagnosis.md', 'log.jsonl']);
    expect(text('log.jsonl')).toContain('said ••• and •••');
    expect(text('log.jsonl')).toContain('listening');
    expect(text('diagnosis.md')).toContain('Holdfast was not running.');
    expect(text('diagnosis.md')).not.toContain(folder);
    expect((await run('--yes', '--session', 's_1', '--out', join(folder, 'c.zip'))).code).toBe(3);
  });

  test('refuses what makes no sense, with a sentence', async ({ start, run, folder }) => {
    await start();
    expect(await run('--json')).toMatchObject({ code: 2, stderr: expect.stringContaining('it needs --yes') });
    expect(await run('--yes', '--from', '1h', '--to', '2h')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from must be before --to.'),
    });
    const file = join(folder, 'b.zip');
    expect((await run('--yes', '--session', 's_none', '--out', file)).code).toBe(1);
    expect(existsSync(file)).toBe(false);
  });
});
