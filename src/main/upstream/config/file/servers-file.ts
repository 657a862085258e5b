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
import { said } from '../../../../shared/messages/said';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { decodeText } from '../../../config-text/decode';
import type { Timers } from '../../../platform/ports';

/** Programs write a file in several steps; it is read once it has been left alone this long. */
const SETTLE: Ms = 150;
/** Polling interval where the system cannot watch files. */
const LOOK_AGAIN: Ms = 5 * SECOND;

/** In bytes. Nobody writes that much by hand, and reading blocks the whole program. */
const LARGEST = 8 * 1024 * 1024;

/** The file's name in the data folder, also put in front of every problem with it. */
export const FILE_NAME = 'servers.json';

export interface ServersFileDeps {
  readonly timers: Timers;
  readonly log: Logger;
}

/** servers.json on disk. Reads and writes its text and does not interpret it. */
export class ServersFile {
  readonly path: string;
  private readonly deps: ServersFileDeps;

  constructor(folder: string, deps: ServersFileDeps) {
    this.path = join(folder, FILE_NAME);
    this.deps = deps;
  }

  /**
   * The text; null when there is no file. Errors of the system are thrown as they are.
   * @throws HoldfastError `invalid_input` for anything but a regular file, which might never end, for one over 8 MiB, and
   *   for one that is neither UTF-8 nor UTF-16
   */
  read(): string | null {
    try {
      const stat = statSync(this.path);
      if (!stat.isFile()) throw new HoldfastError('invalid_input', said('said.file.not_a_file'));
      if (stat.size > LARGEST) {
        throw new HoldfastError('invalid_input', said('said.file.too_large', { size: LARGEST / 1024 / 1024 }));
      }
      return decodeText(readFileSync(this.path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Replaces the text atomically; only the user can read it. A symbolic link to the file stays one.
   * @param expected - the text that the change is based on
   * @returns false, with nothing written, if the file has changed since
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
   * Calls `changed` after anyone may have changed the file. Watches folders, not the file, because most editors replace the
   * file with a new one. The returned function stops watching.
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
