import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { missingTools } from '../../../scripts/runtime/sqlite.mjs';
import { ensurePackages, hasCandidate, presentName } from '../../../scripts/runtime/system/apt.mjs';

const need = {
  problem: 'make cannot be found.',
  packages: ['make', 'g++'],
  elsewhere: 'Install make.',
  isThere: () => false,
};

describe('ensurePackages', () => {
  test('asks for nothing when it is there', async () => {
    await ensurePackages({ ...need, isThere: () => true }, { root: false, debian: true });
  });

  test('prints the exact command where it may not install', async () => {
    await expect(ensurePackages(need, { root: false, debian: true })).rejects.toThrow(
      /^make cannot be found\.\n.*\n {2}sudo apt-get update && sudo apt-get install -y make g\+\+$/,
    );
  });

  test('says what to install where there is no apt-get', async () => {
    await expect(ensurePackages(need, { root: true, debian: false })).rejects.toThrow(
      'make cannot be found.\n  Install make.',
    );
  });
});

describe('what apt-cache says of packages', () => {
  const policy = `libgtk-3-0:
  Installed: (none)
  Candidate: (none)
libgtk-3-0t64:
  Installed: (none)
  Candidate: 3.24.49-3
chromium:
  Installed: (none)
  Candidate: 156.0
`;

  test('tells an installable package from one that is only known by name', () => {
    expect(hasCandidate(policy, 'libgtk-3-0t64')).toBe(true);
    expect(hasCandidate(policy, 'libgtk-3-0')).toBe(false);
    expect(hasCandidate(policy, 'libgtk')).toBe(false);
    expect(hasCandidate('', 'libgtk-3-0')).toBe(false);
  });

  test('takes the new name of a library, and the first of several packages that there is', () => {
    expect(presentName(policy, 'libgtk-3-0')).toBe('libgtk-3-0t64');
    expect(presentName(policy, 'chromium-headless-shell|chromium')).toBe('chromium');
    expect(
      presentName(`${policy}chromium-headless-shell:\n  Candidate: 156.0\n`, 'chromium-headless-shell|chromium'),
    ).toBe('chromium-headless-shell');
    expect(presentName('', 'make')).toBe('make');
  });
});

describe('missingTools', () => {
  test('names every build tool that is not on PATH', async ({ folder: empty }) => {
    expect(missingTools({ PATH: empty })).toEqual(['python3', 'make', 'g++']);
    expect(missingTools({ PATH: join(empty, 'nowhere') })).toEqual(['python3', 'make', 'g++']);
    expect(missingTools({})).toEqual(['python3', 'make', 'g++']);
  });
});
