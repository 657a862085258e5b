import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the build leaves how much of it is ours. */
export const WEIGHTS = 'weights.json';
/** Where the sizes of the packages are written. It is no part of a release. */
export const SIZES = 'sizes.json';

/**
 * How much of a build is ours, the rest being libraries. Takes the build's own notes of it away.
 *
 * @param {string} out a fresh build
 * @returns {Promise<number>} from 0 to 1
 */
export async function ownShareOf(out) {
  let [own, all] = [0, 0];
  for (const part of ['main', 'renderer']) {
    const file = join(out, part, WEIGHTS);
    const weights = JSON.parse(await readFile(file, 'utf8'));
    own += weights.own;
    all += weights.all;
    await rm(file);
  }
  return own / all;
}

/**
 * Writes how large the npm package is, in bytes, and how much of that is ours.
 *
 * @param {{ file: string, share: number, release: string }} options `file`: the package
 */
export async function writeSizes({ file, share, release }) {
  const { size } = await stat(file);
  await writeFile(join(release, SIZES), `${JSON.stringify({ npm: size, npm_own: Math.round(size * share) })}\n`);
}
