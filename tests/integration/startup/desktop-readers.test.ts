import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { AutostartFile } from '#src/main/platform/start-at-login/autostart-file';
import { folderTest } from '#tests/support/fixtures';
import { findCommand } from '../../../scripts/runtime/files/paths.mjs';

const run = promisify(execFile);
const RUNS = 12;

const USUAL = ['a', ' ', "'", '&', ';', '(', '~', '#', 'ü', '-'];
/** Inside quotes, dex 0.9 leaves these as they are escaped. */
const NOT_FOR_DEX = ['%', '%u', '$', '$HOME', '`', '"', '\\', '\\n'];

/** Programs of others that start desktop entries: how they are called, and the parts of names that they get right. */
const READERS: [string, (file: string) => string[], readonly string[]][] = [
  ['gio', (file) => ['launch', file], [...USUAL, ...NOT_FOR_DEX]],
  ['dex', (file) => ['--wait', file], USUAL],
];

describe.each(READERS)('%s', (reader, argsFor, parts) => {
  const name = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 8 }).map((all) => `x${all.join('')}`);
  folderTest.skipIf(!findCommand([reader]))(
    'starts a program with any name, and gives it what the entry says',
    { timeout: 60_000 },
    async ({ folder }) => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(name, name, async (place, data) => {
          count += 1;
          const home = join(folder, String(count));
          const program = join(home, place, 'holdfast');
          const said = join(home, 'said');
          mkdirSync(dirname(program), { recursive: true });
          // By a rename, so that nobody reads a half of it.
          writeFileSync(
            program,
            `#!/bin/sh\nprintf '%s\\n' "$0" "$#" "$1" "$HOLDFAST_DATA_DIR" > '${said}.new'\nmv '${said}.new' '${said}'\n`,
          );
          chmodSync(program, 0o755);
          const command = { args: [program], env: { HOLDFAST_DATA_DIR: `/${data}` } };
          expect(new AutostartFile(home, command).set(true).enabled).toBe(true);
          await run(reader, argsFor(join(home, 'autostart/holdfast.desktop')));
          const text = await expect
            .poll(() => read(said))
            .not.toBeNull()
            .then(() => read(said));
          expect(text?.split('\n')).toEqual([program, '1', '--hidden', `/${data}`, '']);
        }),
        { numRuns: RUNS },
      );
    },
  );
});

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
