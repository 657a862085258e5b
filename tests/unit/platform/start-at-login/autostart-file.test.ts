import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AutostartFile } from '#src/main/platform/start-at-login/autostart-file';

let home = '';
let file = '';
let program = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-autostart-'));
  const made = home;
  onTestFinished(() => rmSync(made, { recursive: true }));
  file = join(home, 'autostart/holdfast.desktop');
  program = makeProgram('my apps/100%');
});

function makeProgram(folder: string): string {
  mkdirSync(join(home, folder), { recursive: true });
  const path = join(home, folder, 'holdfast');
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

const open = (path = program, env: Record<string, string> = {}) => new AutostartFile(home, { args: [path], env });
const edit = (from: string | RegExp, to: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

test('is off until it is switched on, and switching twice changes nothing', () => {
  expect(open().get()).toEqual({ enabled: false, possible: true, note: null });
  expect(open().set(false).enabled).toBe(false);
  expect(existsSync(file)).toBe(false);
  expect(open().set(true)).toEqual({ enabled: true, possible: true, note: null });
  const written = readFileSync(file, 'utf8');
  expect(open().set(true).enabled).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(written);
  expect(readdirSync(join(home, 'autostart'))).toEqual(['holdfast.desktop']);
  expect(open().set(false)).toEqual({ enabled: false, possible: true, note: null });
  expect(existsSync(file)).toBe(false);
});

test('writes what it starts, with the data folder', () => {
  open(program, { HOLDFAST_DATA_DIR: '/da ta' }).set(true);
  const text = readFileSync(file, 'utf8');
  const exec = `Exec=/usr/bin/env "HOLDFAST_DATA_DIR=/da ta" "${home}/my apps/100%%/holdfast" --hidden`;
  expect(text.split('\n')).toEqual(
    expect.arrayContaining(['[Desktop Entry]', exec, `TryExec=${program}`, 'Terminal=false']),
  );
});

describe('what the user changed', () => {
  test.each([
    ['X-GNOME-Autostart-enabled=true', 'X-GNOME-Autostart-enabled=false'],
    ['Terminal=false', 'Terminal=false\nHidden=true'],
  ])('%s to %s is off, and stays so at a start', (from, to) => {
    open().set(true);
    edit(from, to);
    const text = readFileSync(file, 'utf8');
    expect(open().get()).toMatchObject({ enabled: false, note: expect.stringContaining('switched off') });
    expect([open().refresh(), open().set(false).enabled]).toEqual([false, false]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(open().set(true).enabled).toBe(true);
  });

  test('to start something else is off, is named, and is not removed', () => {
    open().set(true);
    edit(/^Exec=.*$/m, 'Exec=/usr/bin/other --hidden -v');
    expect(open().get()).toMatchObject({ enabled: false, note: expect.stringContaining('/usr/bin/other') });
    open().set(false);
    expect(readFileSync(file, 'utf8')).toContain('/usr/bin/other');
  });

  test('besides what it starts is kept', () => {
    open().set(true);
    edit('Terminal=false', 'Terminal=false\nX-GNOME-Autostart-Delay=10');
    expect(open().set(true).enabled).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('Delay=10');
  });

  test.each(['', 'nonsense', '[Desktop Entry]\nName=x\n', `[Desktop Entry]\nExec=${'x'.repeat(70_000)}\n`])(
    'to what is no entry is off, and is replaced only when it is switched on',
    (text) => {
      mkdirSync(join(home, 'autostart'));
      writeFileSync(file, text);
      expect(open().get()).toMatchObject({ enabled: false, note: expect.stringContaining('cannot be read') });
      expect(open().refresh()).toBe(false);
      expect(readFileSync(file, 'utf8')).toBe(text);
      expect(open().set(true)).toEqual({ enabled: true, possible: true, note: null });
    },
  );
});

describe('at a start', () => {
  test('an entry whose program is gone leads to where it is now, and keeps the rest', () => {
    open().set(true);
    edit('Terminal=false', 'Terminal=false\nX-GNOME-Autostart-Delay=10');
    rmSync(program);
    const moved = makeProgram('new place');
    expect(open(moved).get().enabled).toBe(false);
    expect(open(moved).refresh()).toBe(true);
    expect(open(moved).get()).toEqual({ enabled: true, possible: true, note: null });
    expect(readFileSync(file, 'utf8')).toContain('Delay=10');
    expect(open(moved).refresh()).toBe(false);
  });

  test('the entry of another Holdfast that is still there, or of other data, is left alone', () => {
    open().set(true);
    const other = makeProgram('other');
    expect(open(other).refresh()).toBe(false);
    rmSync(program);
    expect(open(other, { HOLDFAST_DATA_DIR: '/x' }).refresh()).toBe(false);
    expect(open(other).refresh()).toBe(true);
  });

  test('without a file nothing is written', () => {
    expect(open().refresh()).toBe(false);
    expect(existsSync(join(home, 'autostart'))).toBe(false);
  });
});

test('what cannot be done is said in a sentence', () => {
  expect(() => open('/a=b/holdfast').set(true)).toThrow('Move it to a folder');
  expect(() => open('/a\nb').set(true)).toThrow('control character');
  writeFileSync(join(home, 'autostart'), 'a file');
  expect(() => open().set(true)).toThrow(/cannot be changed \(.*\)\. Make its folder writable/);
});
