import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const PARTIAL = '.partial-';

/**
 * Makes a folder that is either complete or absent. `fill` works in a folder beside it, which then gets the final name
 * in one step; what an interrupted attempt left behind is removed first. Hold the lock of `folder` while calling it.
 *
 * @param {string} folder the final path; must not exist
 * @param {(partial: string) => Promise<void>} fill
 * @returns {Promise<void>}
 */
export async function makeFolder(folder, fill) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const prefix = `${PARTIAL}${basename(folder)}-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const partial = join(parent, prefix + randomBytes(4).toString('hex'));
  await mkdir(partial);
  try {
    await fill(partial);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Copies a file over what is there, so that nobody ever opens half of it.
 *
 * @param {string} from
 * @param {string} to its folder is created
 * @returns {Promise<void>}
 */
export const placeFile = (from, to) => place(to, (partial) => copyFile(from, partial));

/**
 * Writes a file over what is there, so that nobody ever opens half of it.
 *
 * @param {string} to its folder is created
 * @param {string} text
 * @returns {Promise<void>}
 */
export const writeWhole = (to, text) => place(to, (partial) => writeFile(partial, text));

/**
 * @param {string} to
 * @param {(partial: string) => Promise<void>} make
 */
async function place(to, make) {
  await mkdir(dirname(to), { recursive: true });
  const partial = join(dirname(to), `${PARTIAL}${basename(to)}-${randomBytes(4).toString('hex')}`);
  try {
    await make(partial);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
