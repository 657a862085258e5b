import { statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { crashDumpFolder, lastCrashes } from '#src/main/diagnostics/crashes';
import { noteCrash, readCrashNotes } from '#src/main/platform/crash-notes';

const test = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-crashes-'));
  onCleanup(() => rm(folder, { recursive: true, force: true }));
  return folder;
});

describe('crashes', () => {
  test('are noted for the user alone, the newest first, at most twenty, without secrets', ({ folder }) => {
    for (let at = 1; at <= 25; at++) noteCrash(folder, { at, kind: 'holdfast', what: `hfa_${'x'.repeat(40)} ${at}` });
    const notes = readCrashNotes(folder);
    expect(notes).toHaveLength(20);
    expect(notes[0]).toMatchObject({ at: 25, kind: 'holdfast' });
    expect(JSON.stringify(notes)).not.toContain('xxxx');
    if (process.platform !== 'win32') expect(statSync(join(folder, 'crashes.json')).mode & 0o777).toBe(0o600);
  });

  test('hide the secrets of servers, however they look and wherever they stand', ({ folder }) => {
    const mask = (text: string) => text.replaceAll('correct horse', '•••');
    const what = `${'a '.repeat(990)}and then correct horse battery`;
    noteCrash(folder, { at: 1, kind: 'holdfast', what }, mask);
    expect(readCrashNotes(folder)[0]?.what).toMatch(/•••/);
    expect(JSON.stringify(readCrashNotes(folder))).not.toContain('corr');
    const fail = () => {
      throw new Error('no memory');
    };
    noteCrash(folder, { at: 2, kind: 'holdfast', what }, fail);
    expect(readCrashNotes(folder)[0]?.what).toMatch(/^An error whose text could not be looked through/);
  });

  test('are cut, and a folder that cannot be written is no second crash', ({ folder }) => {
    noteCrash(folder, { at: 1, kind: 'window', what: 'a '.repeat(5_000) });
    expect(readCrashNotes(folder)[0]?.what).toHaveLength(2_000);
    expect(() => noteCrash(join(folder, 'nowhere'), { at: 1, kind: 'window', what: '' })).not.toThrow();
  });

  test.for(['', '{', '{"a":1}', '[null, 1, {"at":"x"}]'])('are none when the file holds %j', (text, { folder }) => {
    writeFileSync(join(folder, 'crashes.json'), text);
    expect(readCrashNotes(folder)).toEqual([]);
  });

  test('are listed with the dumps of the system', async ({ folder }) => {
    const dumps = join(crashDumpFolder(folder), 'completed');
    await mkdir(dumps, { recursive: true });
    await writeFile(join(dumps, 'a.dmp'), '');
    noteCrash(folder, { at: 1, kind: 'window', what: 'gone' });
    expect(await lastCrashes(folder)).toMatchObject([
      { kind: 'dump', what: join(dumps, 'a.dmp') },
      { kind: 'window', what: 'gone' },
    ]);
  });
});
