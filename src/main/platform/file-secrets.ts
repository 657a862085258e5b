import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secrets } from './ports';

/**
 * Stores secrets next to the database as files that only the user may read. Holdfast with and without a window shares
 * them, so a token signed by one is valid for the other.
 */
export class FileSecrets implements Secrets {
  readonly protection = 'a file that only your user may read';
  private readonly folder: string;

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

  /** Replaces the value atomically: after a crash, either the old or the new one is there. */
  async write(name: string, value: Uint8Array): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const temporary = join(this.folder, `.${name}.${process.pid}`);
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(value);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(this.folder, name));
  }
}
