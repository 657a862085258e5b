import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Unpacks a ZIP archive. It keeps permissions, and fails on an entry that would land outside the folder.
 *
 * @param {string} archive
 * @param {string} folder
 * @param {(name: string) => string | undefined} place where an entry goes, relative to the folder; `undefined` leaves it out
 * @returns {Promise<number>} the number of files written
 */
export async function unzip(archive, folder, place) {
  const zip = await openPromise(archive, { lazyEntries: true, strictFileNames: true });
  let files = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const to = place(entry.fileName);
    if (to === undefined) continue;
    const path = join(folder, to);
    await mkdir(dirname(path), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode: mode || 0o644 }));
    files++;
  }
  return files;
}
