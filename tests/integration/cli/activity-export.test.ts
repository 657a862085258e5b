import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { cliTest, type Outcome, runHoldfast } from './support';

/** `holdfast activity --export` against a Holdfast in a process of its own. */

const test = cliTest
  .extend(
    'run',
    ({ folder, command }) =>
      (...args: string[]): Promise<Outcome> =>
        runHoldfast(command, folder, 'activity', ...args),
  )
  .extend('called', async ({ start }) => {
    const { url, admin_key } = await start();
    const { body } = await new Api({ url }, admin_key).post('/api/mcp/clients', { name: 'Editor', type: 'other' });
    const client = new McpHttp({ url: `${url}/mcp` }, body.client_key);
    await client.initialize();
    await client.call('health_check');
    await client.call('session_info', { session_id: 's_AAAAAAAAAAAAAAAAAAAAAA' });
  });

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe('holdfast activity --export', () => {
  test('writes a file that only its owner can read', async ({ called, run, folder }) => {
    expect(called).toBeUndefined();
    const file = join(folder, 'calls.csv');
    const { code, stdout, stderr } = await run('--export', file, '--text', 'tools/call');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `2 rows in ${file}.\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true });
    expect(rows.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['session_info', 'tool_error'],
      ['health_check', 'ok'],
    ]);
  });

  test('replaces a file only with --force, and makes it private', async ({ called, run, folder }) => {
    expect(called).toBeUndefined();
    const file = join(folder, 'calls.har');
    writeFileSync(file, 'mine');
    chmodSync(file, 0o644);
    const refused = await run('--export', file);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${file} exists. Choose another name, or give --force to replace it.`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const { stdout } = await run('--export', file, '--force', '--failed', '--json');
    expect(JSON.parse(stdout)).toEqual({ ok: true, file, format: 'har', rows: 1, is_cut: false });
    expect(JSON.parse(readFileSync(file, 'utf8')).log.entries).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('writes to standard output, and says when there is more', async ({ called, run, folder }) => {
    expect(called).toBeUndefined();
    const piped = await run('--export', '-', '--format', 'jsonl', '--limit', '1');
    expect(
      piped.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ name: 'session_info' }]);
    expect(piped.stderr).toMatch(/^1 row\. There is more that fits/);
    const file = join(folder, 'calls.jsonl');
    expect((await run('--export', file, '--limit', '1')).stderr).toMatch(/^1 row in .*\. There is more that fits/);
    const none = await run('--export', '-', '--format', 'jsonl', '--to', '2020-01-01');
    expect(none).toMatchObject({ code: 0, stdout: '' });
  });

  test('refuses what makes no sense, and writes nothing', async ({ run, folder, called }) => {
    expect(called).toBeUndefined();
    const file = join(folder, 'calls.txt');
    for (const [args, sentence] of [
      [['--export', file], 'Say which format with --format: csv, json, jsonl, har.'],
      [['--export', file, '--format', 'xls'], 'Say which format'],
      [['--export', file, '--format', 'csv', '--follow'], '--export and --follow do not go together.'],
      [['--export', file, '--format', 'csv', '--groups'], '--export and --groups do not go together.'],
      [['--export', file, '--format', 'csv', '--from', 'soon'], '--from is a time'],
      [['--format', 'csv'], '--format goes with --export FILE.'],
      [['--force'], '--force goes with --export FILE.'],
    ] as const) {
      const { code, stderr } = await run(...args);
      expect(stderr).toContain(sentence);
      expect(code).toBe(2);
    }
    const kept = join(folder, 'kept.csv');
    writeFileSync(kept, 'mine');
    const vague = await run('--export', kept, '--force', '--query', 'server:');
    expect(vague).toMatchObject({ stderr: expect.stringContaining('Say what “server:” should be') });
    expect(vague.code).not.toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('mine');
    const lost = await run('--export', join(folder, 'none', 'calls.csv'));
    expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('its folder does not exist') });
    expect(existsSync(file)).toBe(false);
  });
});
