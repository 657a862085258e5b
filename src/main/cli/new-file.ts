import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../../shared/errors';

/** For whoever wants it piped. */
export const STANDARD_OUTPUT = '-';

/**
 * Writes the pieces into a new file that only its owner may read, or to standard output for `-`. What fails on the way leaves
 * no half of a file, and a file that was to be replaced as it was. What is no regular file, such as a pipe or a device, is
 * written to directly and never removed.
 *
 * @param force - replaces a file that is there
 * @returns what the pieces end with
 * @throws HoldfastError `internal_error` when the file is there already, or cannot be written
 */
export async function writeNewFile<T>(
  path: string,
  pieces: AsyncGenerator<string | Uint8Array, T>,
  { force }: { force: boolean },
): Promise<T> {
  if (path === STANDARD_OUTPUT) return each(pieces, toOutput);
  if (!force) return writeWhole(path, path, pieces);
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) return writeInto(path, pieces);
  // What a link leads to is replaced, and the link stays.
  const target = there === null ? path : await realpath(path);
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  const end = await writeWhole(beside, path, pieces);
  await rename(beside, target).catch(async (error: NodeJS.ErrnoException) => {
    await unlink(beside).catch(() => undefined);
    throw failure(path, error);
  });
  return end;
}

/**
 * Makes a file, or none if something fails.
 * @param shown - the path in sentences
 */
async function writeWhole<T>(path: string, shown: string, pieces: AsyncGenerator<string | Uint8Array, T>): Promise<T> {
  const file = await opened(path, 'wx', shown);
  try {
    const end = await each(pieces, (piece) => write(file, shown, piece));
    // What takes the place of another file is on the disk before that.
    await file.sync().catch((error: NodeJS.ErrnoException) => {
      throw failure(shown, error);
    });
    await file.close();
    return end;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

async function writeInto<T>(path: string, pieces: AsyncGenerator<string | Uint8Array, T>): Promise<T> {
  const file = await opened(path, 'w', path);
  try {
    return await each(pieces, (piece) => write(file, path, piece));
  } finally {
    await file.close();
  }
}

const opened = (path: string, flags: 'w' | 'wx', shown: string): Promise<FileHandle> =>
  open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw failure(shown, error);
  });

async function each<P, T>(pieces: AsyncGenerator<P, T>, take: (piece: P) => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return value;
    await take(value);
  }
}

async function write(file: FileHandle, path: string, piece: string | Uint8Array): Promise<void> {
  await file.writeFile(piece).catch((error: NodeJS.ErrnoException) => {
    throw failure(path, error);
  });
}

const toOutput = (piece: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(piece, (error) => (error ? reject(error) : resolve())));

const failure = (path: string, error: NodeJS.ErrnoException): HoldfastError =>
  new HoldfastError('internal_error', whyNot(path, error), { cause: error });

function whyNot(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST') return `${path} exists. Choose another name, or give --force to replace it.`;
  if (code === 'ENOENT') return `${path} cannot be written: its folder does not exist.`;
  if (code === 'EISDIR') return `${path} is a folder. Name a file in it.`;
  return `${path} cannot be written: ${message}`;
}
