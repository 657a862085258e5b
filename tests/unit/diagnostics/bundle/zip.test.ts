import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { zipOf } from '#src/main/diagnostics/bundle/zip';
import { folderTest as test } from '#tests/support/fixtures';
import { unzip } from '../../../../scripts/runtime/downloads/unzip.mjs';

describe('zipOf', () => {
  test('makes an archive that another program unpacks, for its owner alone', async ({ newFolder }) => {
    const folder = newFolder();
    const long = Buffer.from('a line that comes again\n'.repeat(20_000));
    const at = Date.UTC(2026, 10, 26);
    const zip = await zipOf(
      [
        { name: 'empty.txt', bytes: new Uint8Array() },
        { name: 'größe.txt', bytes: Buffer.from('Größe') },
        { name: 'long.txt', bytes: long },
      ],
      at,
    );
    expect(zip.length).toBeLessThan(long.length / 20);
    const archive = join(folder, 'a.zip');
    writeFileSync(archive, zip);
    expect(await unzip(archive, join(folder, 'out'), (name) => name)).toBe(3);
    const read = (name: string) => readFileSync(join(folder, 'out', name));
    expect(read('empty.txt').length).toBe(0);
    expect(read('größe.txt').toString()).toBe('Größe');
    expect(read('long.txt').equals(long)).toBe(true);
    expect(statSync(join(folder, 'out', 'long.txt')).mode & 0o777).toBe(0o600);
  });
});
