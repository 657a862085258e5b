import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { withLock } from '../../../scripts/runtime/files/lock.mjs';
import { killHard, printed, runtimeModule, startScript } from './script-process';

const holdForever = (file: string) => `
  import { withLock } from ${JSON.stringify(runtimeModule('files/lock.mjs'))};
  await withLock(${JSON.stringify(file)}, () => {
    console.log('held');
    return new Promise(() => setInterval(() => {}, 1000));
  });`;

describe('withLock', () => {
  test('returns what the work returns and leaves nothing behind', async ({ folder }) => {
    const file = join(folder, 'deep', 'a.lock');
    expect(await withLock(file, async () => existsSync(file))).toBe(true);
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });

  test('gives the lock back when the work throws', async ({ folder }) => {
    const file = join(folder, 'a.lock');
    const failing = withLock(file, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  test('lets several processes in one after the other', async ({ folder }) => {
    const log = join(folder, 'log');
    const children = [1, 2, 3, 4].map(() =>
      startScript(`
        import { appendFileSync } from 'node:fs';
        import { setTimeout } from 'node:timers/promises';
        import { withLock } from ${JSON.stringify(runtimeModule('files/lock.mjs'))};
        for (let round = 0; round < 3; round++) {
          await withLock(${JSON.stringify(join(folder, 'a.lock'))}, async () => {
            appendFileSync(${JSON.stringify(log)}, 'in ' + process.pid + '\\n');
            await setTimeout(5);
            appendFileSync(${JSON.stringify(log)}, 'out ' + process.pid + '\\n');
          });
        }`),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(24);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1]).toBe(lines[index]?.replace('in', 'out'));
    }
  });

  test('takes over at once from a process that was killed', async ({ folder }) => {
    const file = join(folder, 'a.lock');
    const owner = startScript(holdForever(file));
    await printed(owner, 'held');
    await killHard(owner);
    expect(existsSync(file)).toBe(true);
    expect(await withLock(file, async () => 'mine', { waitMs: 2_000 })).toBe('mine');
  });

  test('waits for a living owner only so long, says who it is, and leaves its lock alone', async ({ folder }) => {
    const file = join(folder, 'a.lock');
    const owner = startScript(holdForever(file));
    await printed(owner, 'held');
    const before = await readFile(file, 'utf8');
    await expect(withLock(file, async () => 'mine', { waitMs: 300 })).rejects.toThrow(`Process ${owner.pid} has been`);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('says on the terminal that it waits', async ({ folder }) => {
    const file = join(folder, 'a.lock');
    const owner = startScript(holdForever(file));
    await printed(owner, 'held');
    const lines: string[] = [];
    await expect(
      withLock(file, async () => {}, { waitMs: 1_500, tell: (line: string) => lines.push(line) }),
    ).rejects.toThrow();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`waiting for process ${owner.pid}`);
  });

  test('breaks a lock that nobody has touched for long, even one that is unreadable or from another machine', async ({
    folder,
  }) => {
    const old = new Date(Date.now() - 120_000);
    const leftovers = {
      elsewhere: JSON.stringify({ pid: process.pid, host: `not-${hostname()}`, id: 'x' }),
      // The number of a dead owner may belong to a living process by now.
      reused: JSON.stringify({ pid: process.pid, host: hostname(), id: 'x' }),
      garbage: '{"pid":',
    };
    for (const [name, content] of Object.entries(leftovers)) {
      const file = join(folder, name);
      await writeFile(file, content);
      await expect(withLock(file, async () => 'mine', { waitMs: 300 })).rejects.toThrow('setting up');
      await utimes(file, old, old);
      expect(await withLock(file, async () => 'mine', { waitMs: 5_000 })).toBe('mine');
    }
  });

  test('gets past a process that died while it was breaking a stale lock', async ({ folder }) => {
    const gone = startScript('');
    await once(gone, 'close');
    const dead = JSON.stringify({ pid: gone.pid, host: hostname(), id: 'x' });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'a.lock'), dead);
    await writeFile(join(folder, 'a.lock.break'), dead);
    expect(await withLock(join(folder, 'a.lock'), async () => 'mine', { waitMs: 5_000 })).toBe('mine');
    expect(await readdir(folder)).toEqual([]);
  });
});
