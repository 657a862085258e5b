import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { visibleErrors } from '#tests/support/visible-errors';
import { openStore, temporaryFolder, storeTest as test } from './support';

const program = (name: string) => join(import.meta.dirname, 'programs', `${name}.ts`);

/** Runs a bundled program; it is killed when the test ends at the latest. */
function run(bundle: Bundle, folder: string) {
  const child = visibleErrors(spawn(process.execPath, [bundle.file, folder], { stdio: ['pipe', 'pipe', 'pipe'] }));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const reader = createInterface({ input: child.stdout });
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]);
  reader.on('line', (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    lines,
    /** The first `count` lines, once they are there; fewer when the program ends before. */
    async read(count: number): Promise<string[]> {
      if (lines.length < count) {
        await Promise.race([
          ended,
          new Promise<void>((resolve) => {
            waiting.add(() => lines.length >= count && resolve());
          }),
        ]);
      }
      return lines.slice(0, count);
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
    exitCode: async (): Promise<ChildProcess['exitCode']> => {
      await ended;
      return child.exitCode;
    },
  };
}

describe('the owner lock', () => {
  let holder: Bundle;
  beforeAll(async () => {
    holder = await bundleForNode(program('hold-store'));
  });
  afterAll(() => holder.remove());

  test('lets one process have the folder, and frees it when that process is killed', async ({ folder }) => {
    const first = run(holder, folder);
    expect(await first.read(1)).toEqual(['open']);

    const second = run(holder, folder);
    expect(await second.read(1)).toEqual([expect.stringContaining('already_running')]);
    expect(await second.exitCode()).toBe(1);
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'already_running' }));

    await first.kill();
    const third = run(holder, folder);
    expect(await third.read(1)).toEqual(['open']);
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'already_running' }));
  });

  test('holds within one process too, even after a second try', async ({ folder }) => {
    const store = openStore(folder);
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'already_running' }));
    // The failed try must not have let go of the first one's lock.
    expect(await run(holder, folder).read(1)).toEqual([expect.stringContaining('already_running')]);
    store.close();
    expect(await run(holder, folder).read(1)).toEqual(['open']);
  });

  test('covers one folder: another one is free', async () => {
    openStore(temporaryFolder());
    expect(await run(holder, temporaryFolder()).read(1)).toEqual(['open']);
  });
});

describe('SIGKILL', () => {
  let writer: Bundle;
  beforeAll(async () => {
    writer = await bundleForNode(program('commit-forever'));
  });
  afterAll(() => writer.remove());

  test('loses no acknowledged event and leaves a sound database, 20 times in a row', { timeout: 60_000 }, async ({
    folder,
  }) => {
    let acknowledged = 0;
    for (let round = 0; round < 20; round += 1) {
      const child = run(writer, folder);
      // A different number of commits every time; the kill then comes wherever it comes.
      const lines = await child.read(2 + ((round * 7) % 23));
      expect(lines[0]).toBe('open');
      await child.kill();
      const last = Number(child.lines.filter((line) => /^\d+$/.test(line)).at(-1) ?? 0);
      expect(last).toBeGreaterThan(acknowledged);
      acknowledged = last;
      // Every other time the next program finds the journal as the kill left it.
      if (round % 2 === 1) acknowledged = checkAfterKill(folder, acknowledged);
    }
  });
});

/** Looks at the file as the next start would find it. Returns the newest seq, at least what was acknowledged. */
function checkAfterKill(folder: string, acknowledged: number): number {
  const db = new SqliteDatabase(join(folder, 'holdfast.db'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
    const newest = count('SELECT max(seq) FROM events');
    expect(newest).toBeGreaterThanOrEqual(acknowledged);
    expect(count('SELECT count(*) FROM events')).toBe(newest);
    // Rows, events and both rollups come from the same transactions.
    expect(count('SELECT count(*) FROM mcp_sessions')).toBe(newest / 2);
    expect(count('SELECT sum(calls) FROM history_minute')).toBe(newest / 2);
    expect(count('SELECT sum(resumed) FROM history_hour')).toBe(newest / 2);
    return newest;
  } finally {
    db.close();
  }
}
