import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openLog } from '#src/main/platform/log';
import { LogFile } from '#src/main/platform/log-file';
import { folderTest as test } from '#tests/support/fixtures';

const FULL = 5 * 1024 * 1024;

describe('the log', () => {
  test('is for the user alone, and goes on where it was', ({ folder }) => {
    const file = join(folder, 'holdfast.log');
    openLog(folder, 'info').log.info('one');
    openLog(folder, 'info').log.info({ key: 'hf_secret' }, 'two');
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

  test('shrinks to its limit at once, the oldest lines first, and keeps to it', ({ folder }) => {
    const file = join(folder, 'x.log');
    const line = (name: string) => `${name}${'-'.repeat(1_000)}\n`;
    const log = new LogFile(file);
    for (let index = 0; index < 100; index += 1) log.write(line(`n${index}`));
    log.limit(20_000);
    const before = readFileSync(`${file}.1`, 'utf8');
    expect([statSync(file).size, before.startsWith('n91-'), before.endsWith(line('n99'))]).toEqual([0, true, true]);
    for (let index = 100; index < 200; index += 1) log.write(line(`n${index}`));
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(22_100);
    expect(readFileSync(file, 'utf8')).toContain('n199-');
    // A part before it that is too large goes as a whole.
    writeFileSync(`${file}.1`, 'x'.repeat(50_000));
    log.limit(40_000);
    expect(existsSync(`${file}.1`)).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')('that cannot be written stops nobody', ({ folder }) => {
    symlinkSync('/dev/full', join(folder, 'holdfast.log'));
    const { log } = openLog(folder, 'info');
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
