import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../../shared/errors';
import { type Sentence, said } from '../../shared/messages/said';

/** Larger files are refused: nobody writes settings of that size. */
const MAX_BYTES = 8 * 1024 * 1024;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Files that hold a key are made for the user alone. */
const PRIVATE = 0o600;

/** A file as it was read. */
export interface Snapshot {
  /** The file itself, links followed. */
  readonly file: string;
  /** Null when there is no file. */
  readonly bytes: Buffer | null;
  /** Its text without a byte order mark; blank when there is no file. */
  readonly text: string;
  readonly mode: number;
}

const refuse = (message: Sentence, cause?: unknown): HoldfastError =>
  new HoldfastError('settings_left_alone', message, cause === undefined ? {} : { cause });

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a file of settings as it is now.
 * @throws HoldfastError `settings_left_alone` when it is a folder, too large, not readable, or no UTF-8 text
 */
export function readSnapshot(named: string): Snapshot {
  const file = targetOf(named);
  let bytes: Buffer;
  let mode: number;
  try {
    const stats = statSync(file);
    if (stats.isDirectory()) throw refuse(said('said.settings_file.folder', { file }));
    if (!stats.isFile()) throw refuse(said('said.settings_file.not_regular', { file }));
    if (stats.size > MAX_BYTES) {
      throw refuse(said('said.settings_file.large', { file, size: MAX_BYTES / 1024 / 1024 }));
    }
    mode = stats.mode & 0o7777;
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { file, bytes: null, text: '', mode: PRIVATE };
    throw refuse(said('said.settings_file.unreadable', { file, reason: message }), error);
  }
  return { file, bytes, text: textOf(file, bytes), mode };
}

/** Follows links, also one whose target does not exist. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw refuse(said('said.settings_file.unreadable', { file, reason: String(error) }), error);
  }
  const folder = dirname(file);
  return existsSync(folder) ? join(realpathSync(folder), basename(file)) : file;
}

function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refuse(said('said.settings_file.not_utf8', { file }), error);
  }
}

/** The bytes of a text, with the byte order mark that the file had. */
export function bytesOf({ bytes }: Snapshot, text: string): Buffer {
  const hasMark = bytes?.subarray(0, MARK.length).equals(MARK) ?? false;
  return hasMark ? Buffer.concat([MARK, Buffer.from(text)]) : Buffer.from(text);
}

/** @throws HoldfastError `settings_left_alone` when the user has said that the file, or its folder, is not to be written */
export function requireWritable({ file, bytes, mode }: Snapshot): void {
  // Replacing a file needs no permission to write it, so its mode has to be asked.
  if (bytes !== null && (mode & 0o222) === 0) throw readOnly(file);
  try {
    if (bytes !== null) accessSync(file, constants.W_OK);
    if (existsSync(dirname(file))) accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw readOnly(file, error);
  }
}

const readOnly = (file: string, cause?: unknown) => refuse(said('said.settings_file.read_only', { file }), cause);

/** @throws HoldfastError `settings_left_alone` when the file is no longer as it was read */
export function requireUnchanged({ file, bytes }: Snapshot): void {
  const now = existsSync(file) ? readFileSync(file) : null;
  const isSame = now === null || bytes === null ? now === bytes : now.equals(bytes);
  if (!isSame) throw refuse(said('said.settings_file.changed', { file }));
}

/**
 * Replaces a file, or makes it, with its folder. A kill at any time leaves the old or the new one, whole.
 * @param check - runs last before the new file takes the place of the old one; if it throws, nothing is replaced
 */
export function replaceFile(file: string, bytes: Uint8Array, mode: number, check: () => void = () => {}): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(file), `.${basename(file)}.holdfast-new`);
  try {
    rmSync(temporary, { force: true });
    const handle = openSync(temporary, 'wx', PRIVATE);
    try {
      writeFileSync(handle, bytes);
      fchmodSync(handle, mode);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    check();
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof HoldfastError) throw error;
    throw refuse(said('said.settings_file.not_written', { file, reason: (error as Error).message }), error);
  }
  syncFolder(dirname(file));
}

/** Removes a file for good. */
export function removeFile(file: string): void {
  rmSync(file, { force: true });
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  // Windows cannot open folders.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
