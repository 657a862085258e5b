import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MAKE_MS, makePackages } from '#tests/support/package-making';

test.skipIf(process.platform !== 'linux')(
  'the packages are the same the second time',
  { timeout: 2 * MAKE_MS },
  async () => {
    const work = mkdtempSync(join(tmpdir(), 'holdfast-same-'));
    onTestFinished(() => rmSync(work, { recursive: true, force: true }));
    const sums = [];
    for (const name of ['first', 'second']) {
      await makePackages(join(work, name));
      sums.push(readFileSync(join(work, name, 'SHA256SUMS'), 'utf8'));
      rmSync(join(work, name), { recursive: true });
    }
    expect(sums[1]).toBe(sums[0]);
  },
);
