import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secrets } from './ports';

/** What an interrupted write leaves: the name and the process id of the writer. */
const TEMPORARY = /^\..+\.\d+$/;

/**
 * Stores secrets next to the database as files that only the user may read. Holdfast with and without a window shares
 * them, so a token signed by one is valid for the other.
 */
export class FileSecrets implements Secrets {
  readonly inKeychain = false;
  readonly protection = 'Secrets are in files that only your user may read.';
  readonly problem = null;
  /** The folder that holds the files. */
  readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'secrets');
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      return await readFile(join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Replaces the value atomically and durably: after a crash, either the old or the new one is there.
   * @param check - is given what was written, read back from the file; if it throws, nothing is replaced
   */
  async write(name: string, value: Uint8Array, check?: (written: Uint8Array) => void | Promise<void>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const temporary = join(this.folder, `.${name}.${process.pid}`);
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(value);
        await file.sync();
      } finally {
        await file.close();
      }
      await check?.(await readFile(temporary));
      await rename(temporary, join(this.folder, name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    await this.syncFolder();
  }

  /** Removes the value for good. That there is none is fine. */
  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
    await this.syncFolder();
  }

  /** Gives a value another name; there must be none of that name yet. */
  async rename(name: string, newName: string): Promise<void> {
    await rename(join(this.folder, name), join(this.folder, newName));
    await this.syncFolder();
  }

  /** Removes what interrupted writes left behind. Only for who has the data folder to itself. */
  async removeLeftovers(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) if (TEMPORARY.test(name)) await rm(join(this.folder, name), { force: true });
  }

  onReadable(): () => void {
    return () => {};
  }

  /** Makes the last change of names durable, where the system can do that. */
  private async syncFolder(): Promise<void> {
    try {
      const folder = await open(this.folder, 'r');
      await folder.sync().finally(() => folder.close());
    } catch {
      // Windows opens no folders; there the change of names is durable by itself.
    }
  }
}
