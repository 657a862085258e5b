import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { readLogTail } from '#src/main/diagnostics/log-tail';
import { maskSecrets } from '#src/shared/model/mask-secrets';

const clean = (text: string) => maskSecrets(text);
const line = (time: number, level = 30, msg = `line ${time}`, rest = {}) =>
  `${JSON.stringify({ level, time, pid: 1, ...rest, msg })}\n`;

const test = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  return folder;
});

describe('the end of the log', () => {
  test('goes on in the file before, and says that there is more', async ({ folder }) => {
    await writeFile(join(folder, 'holdfast.log.1'), line(1) + line(2));
    await writeFile(join(folder, 'holdfast.log'), line(3) + line(4));
    const { lines, has_more } = await readLogTail(folder, { level: 'info', text: '', limit: 3 }, clean);
    expect(lines.map(({ at }) => at)).toEqual([2, 3, 4]);
    expect(has_more).toBe(true);
  });

  test('is looked through by level and by word', async ({ folder }) => {
    const err = { message: 'it broke' };
    await writeFile(
      join(folder, 'holdfast.log'),
      line(1, 20) + line(2, 40) + line(3, 50, 'failed', { err, server: 'Files' }),
    );
    const read = (query: { level: 'debug' | 'warn'; text: string }) =>
      readLogTail(folder, { limit: 10, ...query }, clean).then(({ lines }) => lines.map(({ at }) => at));
    expect(await read({ level: 'warn', text: '' })).toEqual([2, 3]);
    expect(await read({ level: 'debug', text: 'FILES' })).toEqual([3]);
    const { lines } = await readLogTail(folder, { level: 'warn', text: 'failed', limit: 1 }, clean);
    expect(lines).toEqual([{ at: 3, level: 50, message: 'failed', detail: 'it broke · server=Files' }]);
  });

  test('has no secret, not even to look for', async ({ folder }) => {
    const secret = `hf_${'aB3'.repeat(14)}`;
    await writeFile(join(folder, 'holdfast.log'), line(1, 50, `refused ${secret}`, { header: `Bearer ${secret}` }));
    const { lines } = await readLogTail(folder, { level: 'info', text: '', limit: 9 }, clean);
    expect(JSON.stringify(lines)).not.toContain(secret.slice(5));
    expect((await readLogTail(folder, { level: 'info', text: secret, limit: 9 }, clean)).lines).toEqual([]);
  });

  test('has no known secret, however it is nested and wherever it is cut', async ({ folder }) => {
    const secret = 'a "known"\\\nsecret';
    const known = (text: string) => text.replaceAll(secret, '•••');
    const filler = (length: number) => 'x'.repeat(length - 4);
    await writeFile(
      join(folder, 'holdfast.log'),
      line(1, 30, `${filler(500)}${secret}`, { long: `${filler(1_000 - 5)}${secret}` }) +
        line(2, 30, 'nested', { err: { message: secret }, deep: [{ [secret]: secret }], plain: secret }),
    );
    const { lines } = await readLogTail(folder, { level: 'info', text: '', limit: 9 }, known);
    expect(lines[0]?.message).toBe(`${filler(500)}•••`);
    expect(lines[0]?.detail).toBe(`long=${filler(1_000 - 5)}•••`);
    expect(lines[1]?.detail).toBe('••• · deep=[{"•••":"•••"}] · plain=•••');
  });

  test('is bounded, and takes what is no log line for nothing', async ({ folder }) => {
    const long = line(1, 30, 'x'.repeat(4_000));
    await writeFile(join(folder, 'holdfast.log'), `${long.repeat(600)}not a line\n{"level":"x"}\nnull\n${line(2)}`);
    const { lines, has_more } = await readLogTail(folder, { level: 'info', text: '', limit: 500 }, clean);
    expect(lines.at(-1)?.at).toBe(2);
    expect(lines.length).toBeLessThan(270);
    expect(lines[0]?.message).toHaveLength(500);
    expect(has_more).toBe(false);
  });

  test('is empty without a log', async ({ folder }) => {
    const none = { lines: [], has_more: false };
    expect(await readLogTail(folder, { level: 'info', text: '', limit: 1 }, clean)).toEqual(none);
  });
});
