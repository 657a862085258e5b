import { setImmediate as turn } from 'node:timers/promises';

/** So much is compressed at once, which takes some milliseconds; calls pass in between. */
const PIECE = 128 * 1024;

export interface ZippedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A zip archive of a few files, made in memory. */
export async function zipOf(files: readonly ZippedFile[], at: number): Promise<Buffer> {
  // Loaded when it is needed: its tables take 6 MB. The build for Node declares a `require` of its own, which the bundled
  // module has already.
  const { Zip, ZipDeflate } = await import('fflate/browser');
  const parts: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, part) => {
    failure ??= error;
    parts.push(part);
  });
  for (const { name, bytes } of files) {
    const entry = new ZipDeflate(name, { level: 6 });
    // Readable for its owner alone, once it is unpacked: the upper half of the attributes is the mode of Unix (3).
    Object.assign(entry, { mtime: at, os: 3, attrs: 0o600 << 16 });
    zip.add(entry);
    for (let from = 0; from < bytes.length || from === 0; from += PIECE) {
      entry.push(bytes.subarray(from, from + PIECE), from + PIECE >= bytes.length);
      await turn();
    }
  }
  zip.end();
  if (failure) throw failure;
  return Buffer.concat(parts);
}
