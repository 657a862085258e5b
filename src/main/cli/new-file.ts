import { type FileHandle, open, unlink } from 'node:fs/promises';
import { HoldfastError } from '../../shared/errors';

/** For whoever wants it piped. */
export const STANDARD_OUTPUT = '-';

/**
 * Writes the pieces into a new file that only its owner may read, or to standard output for `-`. What fails on the way leaves
 * no half of a file.
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
  // What cannot be read at all must not cost a file that is there.
  const begun = [await pieces.next(), await pieces.next()];
  const file = await open(path, force ? 'w' : 'wx', 0o600).catch(async (error: NodeJS.ErrnoException) => {
    await pieces.return(undefined as T);
    throw new HoldfastError('internal_error', whyNot(path, error), { cause: error });
  });
  let isWhole = false;
  try {
    const isFile = (await file.stat()).isFile();
    // One that was replaced has the rights that it had.
    if (isFile) await file.chmod(0o600);
    const end = await each(whole(begun, pieces), (piece) => write(file, path, piece));
    isWhole = true;
    return end;
  } finally {
    await file.close();
    if (!isWhole) await unlink(path).catch(() => undefined);
  }
}

async function* whole<P, T>(begun: readonly IteratorResult<P, T>[], rest: AsyncGenerator<P, T>): AsyncGenerator<P, T> {
  for (const one of begun) {
    if (one.done) return one.value;
    yield one.value;
  }
  return yield* rest;
}

async function each<P, T>(pieces: AsyncGenerator<P, T>, take: (piece: P) => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return value;
    await take(value);
  }
}

async function write(file: FileHandle, path: string, piece: string | Uint8Array): Promise<void> {
  await file.writeFile(piece).catch((error: NodeJS.ErrnoException) => {
    throw new HoldfastError('internal_error', whyNot(path, error), { cause: error });
  });
}

const toOutput = (piece: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(piece, (error) => (error ? reject(error) : resolve())));

function whyNot(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST') return `${path} exists. Choose another name, or give --force to replace it.`;
  if (code === 'ENOENT') return `${path} cannot be written: its folder does not exist.`;
  if (code === 'EISDIR') return `${path} is a folder. Name a file in it.`;
  return `${path} cannot be written: ${message}`;
}
