import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';

/** Longer paths do not fit into the address of a Unix socket everywhere. */
const LONGEST_SOCKET_PATH = 100;

/** How a keeper is reached. */
export interface KeeperAddress {
  /** Path of its Unix socket, or name of its pipe on Windows. */
  readonly socket: string;
  readonly secret: string;
}

/** Where the keeper of a data folder is found: a file that only the user may read names socket and secret. */
export class KeeperAddressFile {
  readonly file: string;
  /** What a keeper that fell wrote last. */
  readonly log: string;
  private readonly dataFolder: string;
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.dataFolder = dataFolder;
    this.folder = join(dataFolder, 'keeper');
    this.file = join(this.folder, 'keeper.json');
    this.log = join(this.folder, 'keeper.log');
  }

  /** Null when there is none, or it cannot be understood. */
  read(): KeeperAddress | null {
    try {
      const { socket, secret } = JSON.parse(readFileSync(this.file, 'utf8')) as Partial<KeeperAddress>;
      return typeof socket === 'string' && typeof secret === 'string' ? { socket, secret } : null;
    } catch {
      return null;
    }
  }

  /** A new socket and a new secret for a keeper that is about to start: it shares nothing with one of before. */
  renew(): KeeperAddress {
    makePrivateFolder(this.folder);
    const name = randomBytes(4).toString('hex');
    const address = { socket: this.socketPath(name), secret: randomBytes(32).toString('base64url') };
    const temporary = `${this.file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(address), { mode: 0o600 });
    renameSync(temporary, this.file);
    return address;
  }

  /** The keeper that was reached there is gone. */
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

/** The user's own folder for sockets, where the system has one. */
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
