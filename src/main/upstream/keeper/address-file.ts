import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';

/** On some systems a longer path does not fit into the address of a Unix socket. In bytes. */
const LONGEST_SOCKET_PATH = 100;

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

  /** Removes what is left of a keeper that is gone. A file that already names another keeper stays. */
  forget(address: KeeperAddress): void {
    if (process.platform !== 'win32') rmSync(address.socket, { force: true });
    if (this.read()?.socket === address.socket) rmSync(this.file, { force: true });
  }

  private socketPath(name: string): string {
    const hash = createHash('sha256').update(this.dataFolder).digest('hex').slice(0, 16);
    if (process.platform === 'win32') return `\\\\.\\pipe\\holdfast-${hash}-${name}`;
    const path = join(this.folder, `${name}.sock`);
    if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
    const short = join(runtimeFolder(), `holdfast-${hash}`);
    makePrivateFolder(short);
    return join(short, `${name}.sock`);
  }
}

/** The user's own folder for sockets, or the temporary folder where the system has none. */
function runtimeFolder(): string {
  const { XDG_RUNTIME_DIR: folder } = process.env;
  return folder !== undefined && existsSync(folder) ? folder : tmpdir();
}

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const entry = lstatSync(folder);
  const { uid } = entry;
  if (!entry.isDirectory() || uid !== process.getuid?.()) {
    throw new HoldfastError(
      'internal_error',
      `The folder ${folder} belongs to somebody else. Remove it, then try again.`,
    );
  }
  chmodSync(folder, 0o700);
}
