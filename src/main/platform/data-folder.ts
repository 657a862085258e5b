import { chmodSync, type Dirent, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';

/** What Holdfast keeps in its data folder. Nothing else there is touched. */
const FILES = [
  'holdfast.db',
  'holdfast.db-wal',
  'holdfast.db-shm',
  'holdfast.db.damaged',
  'holdfast.lock',
  'holdfast.log',
  'holdfast.log.1',
  'endpoint.json',
  'crashes.json',
];
const FOLDERS = ['backups', 'secrets', 'keeper'];
/** Written by the user too. Nobody else may read it, but what stands in its place is the user's affair. */
const SERVERS_FILE = 'servers.json';
const SECRET_KEY = join('secrets', 'reconnect-token.key');

/**
 * Makes the data folder ready before anything in it is opened: creates it, lets only its owner read what Holdfast keeps
 * there, and sets aside a folder that stands where a file belongs, or the other way round.
 * @returns sentences that tell the user what was set aside
 * @throws HoldfastError `internal_error` when there cannot be a folder at this path
 */
export function prepareDataFolder(folder: string, now: Ms): string[] {
  makeFolder(folder);
  const wrong = [
    ...FILES.filter((name) => kindOf(join(folder, name)) === 'folder'),
    ...FOLDERS.filter((name) => kindOf(join(folder, name)) === 'file'),
    ...(kindOf(join(folder, SECRET_KEY)) === 'folder' ? [SECRET_KEY] : []),
  ];
  const notices = wrong.map((name) => setAside(folder, name, now));
  for (const name of [...FILES, SERVERS_FILE]) makePrivate(join(folder, name));
  for (const name of FOLDERS) {
    makePrivate(join(folder, name));
    for (const file of filesIn(join(folder, name))) makePrivate(join(folder, name, file.name));
  }
  return notices;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'there is a file at this path' : message;
    throw new HoldfastError(
      'internal_error',
      `The data folder ${folder} cannot be used: ${why}. Move what stands in its way, or set HOLDFAST_DATA_DIR to ` +
        'another folder, and start Holdfast again.',
      { cause: error },
    );
  }
}

function setAside(folder: string, name: string, now: Ms): string {
  const keptAs = `${name}.set-aside-${now}`;
  const found = kindOf(join(folder, name));
  renameSync(join(folder, name), join(folder, keptAs));
  return said(found === 'folder' ? 'said.data.folder' : 'said.data.file', { name, kept: keptAs });
}

/** Links and sockets are neither, and what they lead to is not ours. */
function kindOf(path: string): 'file' | 'folder' | null {
  try {
    const found = lstatSync(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : null;
  } catch {
    return null;
  }
}

function filesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  } catch {
    return [];
  }
}

function makePrivate(path: string): void {
  const kind = kindOf(path);
  if (kind === null) return;
  try {
    if ((lstatSync(path).mode & 0o777) !== (kind === 'file' ? 0o600 : 0o700))
      chmodSync(path, kind === 'file' ? 0o600 : 0o700);
  } catch {
    // Another user's file, or gone by now. Who opens it finds out.
  }
}
