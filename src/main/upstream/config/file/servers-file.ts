import {
  closeSync,
  type FSWatcher,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { HoldfastError } from '../../../../shared/errors';
import { type Ms, SECOND } from '../../../../shared/model/units';
import type { Timers } from '../../../platform/ports';

/** Programs write a file in several steps; what is there in between is not looked at. */
const SETTLE: Ms = 150;
/** Where the system cannot watch, this is how late an edit is seen. */
const LOOK_AGAIN: Ms = 5 * SECOND;

/** Nobody writes as much by hand. Reading takes the whole program's time. */
const LARGEST = 8 * 1024 * 1024;

/** Its name in the data folder, and in front of every problem with it. */
export const FILE_NAME = 'servers.json';

export interface ServersFileDeps {
  readonly timers: Timers;
  readonly log: Logger;
}

/** servers.json on the disk. Its text only: what it means is for others. */
export class ServersFile {
  readonly path: string;
  private readonly deps: ServersFileDeps;

  constructor(folder: string, deps: ServersFileDeps) {
    this.path = join(folder, FILE_NAME);
    this.deps = deps;
  }

  /**
   * The text; null when there is no file. Throws what the system says when it cannot be read.
   * @throws HoldfastError `invalid_input` for what is no file, which may never end, or is far too large
   */
  read(): string | null {
    try {
      const stat = statSync(this.path);
      if (!stat.isFile()) throw new HoldfastError('invalid_input', 'this is no file. Put a file in its place.');
      if (stat.size > LARGEST) {
        throw new HoldfastError('invalid_input', `the file is larger than ${LARGEST / 1024 / 1024} MiB. Shorten it.`);
      }
      // Some editors put a mark of the encoding first.
      return readFileSync(this.path, 'utf8').replace(/^\uFEFF/, '');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Replaces the text, whole or not at all, readable by the user alone. A link to the file stays one.
   * @param expected - the text that the change was made from
   * @returns false, and nothing was written, when somebody has changed the file since
   */
  write(text: string, expected: string | null): boolean {
    const target = this.target();
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
    rmSync(temporary, { force: true });
    try {
      const file = openSync(temporary, 'wx', 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      if (this.read() !== expected) return false;
      renameSync(temporary, target);
      return true;
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /**
   * Calls `changed` after the file may have changed, whoever did it. Folders are watched, not the file: most editors put a new
   * file in the place of the old one. The returned function ends it.
   */
  watch(changed: () => void): () => void {
    const { timers, log } = this.deps;
    let settle = () => {};
    let poll: (() => void) | null = null;
    const soon = () => {
      settle();
      settle = timers.after(SETTLE, changed);
    };
    const cannot = (error: unknown) => {
      log.warn({ err: error }, 'servers.json cannot be watched, so it is read every few seconds');
      poll ??= timers.every(LOOK_AGAIN, changed);
    };
    const watchers: FSWatcher[] = [];
    for (const path of new Set([this.path, this.target()])) {
      try {
        const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
          if (name === null || name === basename(path)) soon();
        });
        watcher.on('error', cannot);
        watchers.push(watcher);
      } catch (error) {
        cannot(error);
      }
    }
    return () => {
      settle();
      poll?.();
      for (const watcher of watchers) watcher.close();
    };
  }

  private target(): string {
    try {
      return realpathSync(this.path);
    } catch {
      return this.path;
    }
  }
}
