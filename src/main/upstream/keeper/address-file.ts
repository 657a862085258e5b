import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';

/** On some systems a longer path does not fit into the address of a Unix socket. In bytes. */
const LONGEST_SOCKET_PATH = 100;
const SOCKET_NAME = /^[0-9a-f]{8}\.sock$/;
/** What `mkdtemp` makes of {@link TEMPORARY}. */
const TEMPORARY_NAME = /^holdfast-[A-Za-z0-9]{6}$/;
const TEMPORARY = 'holdfast-';

/** How to reach a keeper. */
export interface KeeperAddress {
  /** Path of the Unix socket, or name of the pipe on Windows. */
  readonly socket: string;
  readonly secret: string;
}

/** The file that names the socket and the secret of a data folder's keeper. Only the user may read it. */
export class KeeperAddressFile {
  readonly file: string;
  /** File that receives the keeper's standard error, for finding out why it crashed. */
  readonly log: string;
  private readonly dataFolder: string;
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.dataFolder = dataFolder;
    this.folder = join(dataFolder, 'keeper');
    this.file = join(this.folder, 'keeper.json');
    this.log = join(this.folder, 'keeper.log');
  }

  /** Reads the address; null when the file is missing or invalid. */
  read(): KeeperAddress | null {
    try {
      const { socket, secret } = JSON.parse(readFileSync(this.file, 'utf8')) as Partial<KeeperAddress>;
      return typeof socket === 'string' && typeof secret === 'string' ? { socket, secret } : null;
    } catch {
      return null;
    }
  }

  /**
   * Writes a new address for a keeper that is about to start. It shares neither socket nor secret with an earlier
   * keeper.
   * @throws HoldfastError `internal_error` when a folder that must be private belongs to another user
   */
  renew(): KeeperAddress {
    makePrivateFolder(this.folder);
    const name = randomBytes(4).toString('hex');
    const address = { socket: this.socketPath(name), secret: randomBytes(32).toString('base64url') };
    const temporary = `${this.file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(address), { mode: 0o600 });
    renameSync(temporary, this.file);
    return address;
  }

  /**
   * Removes what is left of a keeper that is gone. A file that already names another keeper stays, and so does anything
   * that is not a socket of this user in a folder of this data folder's keepers, whatever the file says.
   */
  forget(address: KeeperAddress): void {
    if (process.platform !== 'win32') this.removeSocket(address.socket);
    if (this.read()?.socket === address.socket) rmSync(this.file, { force: true });
  }

  private socketPath(name: string): string {
    const hash = createHash('sha256').update(this.dataFolder).digest('hex').slice(0, 16);
    if (process.platform === 'win32') return `\\\\.\\pipe\\holdfast-${hash}-${name}`;
    const path = join(this.folder, `${name}.sock`);
    if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
    const runtime = this.runtimeFolder();
    if (runtime === null) return join(mkdtempSync(join(tmpdir(), TEMPORARY)), `${name}.sock`);
    makePrivateFolder(runtime);
    return join(runtime, `${name}.sock`);
  }

  /** This data folder's part of the user's own folder for sockets; null where the system has no private one. */
  private runtimeFolder(): string | null {
    const { XDG_RUNTIME_DIR: folder } = process.env;
    const hash = createHash('sha256').update(this.dataFolder).digest('hex').slice(0, 16);
    return folder !== undefined && isPrivateFolder(folder) ? join(folder, `holdfast-${hash}`) : null;
  }

  private removeSocket(path: string): void {
    const folder = dirname(path);
    const isTemporary = dirname(folder) === tmpdir() && TEMPORARY_NAME.test(basename(folder));
    if (folder !== this.folder && folder !== this.runtimeFolder() && !isTemporary) return;
    if (!SOCKET_NAME.test(basename(path)) || !isPrivateFolder(folder)) return;
    const entry = statOf(path);
    if (entry?.isSocket() && entry.uid === process.getuid?.()) rmSync(path, { force: true });
    if (isTemporary) removeIfEmpty(folder);
  }
}

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** Whether it is a folder, and no link to one, that nobody but this user can write into or look into. */
function isPrivateFolder(path: string): boolean {
  const entry = statOf(path);
  return entry?.isDirectory() === true && entry.uid === process.getuid?.() && (entry.mode & 0o077) === 0;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it, which is not ours to remove.
  }
}

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const entry = lstatSync(folder);
  const { uid } = entry;
  if (!entry.isDirectory() || uid !== process.getuid?.()) {
    throw new HoldfastError('internal_error', said('said.keeper.folder', { folder }));
  }
  chmodSync(folder, 0o700);
}
