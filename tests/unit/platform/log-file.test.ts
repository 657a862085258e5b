import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openLog } from '#src/main/platform/log';
import { LogFile } from '#src/main/platform/log-file';
import { folderTest as test } from '#tests/support/fixtures';

const FULL = 5 * 1024 * 1024;

describe('the log', () => {
  test('is for the user alone, and goes on where it was', ({ folder }) => {
    const file = join(folder, 'holdfast.log');
    openLog(folder, 'info').info('one');
    openLog(folder, 'info').info({ key: 'hf_secret' }, 'two');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['one', 'two']);
    expect(lines.join()).not.toContain('hf_secret');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('begins a new file when one is full, and keeps the one before, also while it runs', ({ folder }) => {
    const file = join(folder, 'x.log');
    writeFileSync(file, 'a'.repeat(FULL));
    const log = new LogFile(file);
    log.write('b\n');
    log.write('c\n');
    expect([readFileSync(file, 'utf8'), statSync(`${file}.1`).size]).toEqual(['c\n', FULL + 2]);
    log.write(`${'d'.repeat(FULL)}\n`);
    log.write('e\n');
    expect([readFileSync(file, 'utf8'), statSync(`${file}.1`).size]).toEqual(['e\n', FULL + 3]);
  });

  test.skipIf(process.platform !== 'linux')('that cannot be written stops nobody', ({ folder }) => {
    symlinkSync('/dev/full', join(folder, 'holdfast.log'));
    const log = openLog(folder, 'info');
    expect(() => log.info('lost')).not.toThrow();
  });

  test('says how many lines were lost, once it can be written again', ({ folder }) => {
    const file = join(folder, 'x.log');
    writeFileSync(file, 'a'.repeat(FULL + 1));
    // A folder in the place of the earlier file.
    mkdirSync(join(`${file}.1`, 'x'), { recursive: true });
    const log = new LogFile(file);
    log.write('lost\n');
    log.write('lost\n');
    rmSync(`${file}.1`, { recursive: true });
    log.write('here\n');
    const [, told = '', here] = readFileSync(file, 'utf8').split('\n');
    expect([JSON.parse(told).msg, here]).toEqual(['2 lines were lost', 'here']);
  });
});
