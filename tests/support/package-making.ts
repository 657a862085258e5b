import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRepository, REPOSITORY } from '#tests/support/paths';

const run = promisify(execFile);

/** How long one run of the script may take (ms). */
export const MAKE_MS = 110_000;

/**
 * Makes packages as `npm run package` does.
 * @param folder - gets them
 * @param more - arguments of the script, such as `--only` and `deb`
 * @param root - the sources to make them from; the repository by default
 */
export const makePackages = (folder: string, more: readonly string[] = [], root = REPOSITORY) =>
  run(process.execPath, [join(root, 'scripts/package.mjs'), '--to', folder, ...more], { timeout: MAKE_MS });

/** The file in a folder whose name ends so. Throws when there is none. */
export function fileIn(folder: string, suffix: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith(suffix));
  if (name === undefined) throw new Error(`no ${suffix} was made`);
  return join(folder, name);
}

/**
 * Copies the sources, as they are in the working tree, and gives the copy another version and, if asked, another
 * protocol between Holdfast and its keeper.
 * @param folder - does not exist yet
 */
export async function copySources(folder: string, version: string, protocol?: number): Promise<void> {
  await run('git', ['clone', '-q', '--shared', REPOSITORY, folder]);
  const changed = ['ls-files', '-z', '--modified', '--others', '--exclude-standard'];
  const { stdout } = await run('git', changed, { cwd: REPOSITORY, maxBuffer: 1e8 });
  for (const name of stdout.split('\0').filter((each) => each !== '')) {
    if (existsSync(inRepository(name))) cpSync(inRepository(name), join(folder, name));
    else rmSync(join(folder, name), { force: true });
  }
  symlinkSync(inRepository('node_modules'), join(folder, 'node_modules'));
  replaceIn(join(folder, 'package.json'), /"version": "[^"]*"/, `"version": "${version}"`);
  if (protocol === undefined) return;
  const frames = join(folder, 'src/main/upstream/keeper/frames.js');
  replaceIn(frames, /PROTOCOL_VERSION = \d+/, `PROTOCOL_VERSION = ${protocol}`);
}

function replaceIn(file: string, pattern: RegExp, text: string): void {
  const before = readFileSync(file, 'utf8');
  if (!pattern.test(before)) throw new Error(`${file} holds nothing like ${pattern}`);
  writeFileSync(file, before.replace(pattern, text));
}
