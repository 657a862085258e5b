import { join } from 'node:path';
import { isRecord } from './is-record';
import { readSnapshot, removeFile, replaceFile } from './settings-file';

/** What is kept about a file that Holdfast changed, to undo it. It holds no key, and no value of an entry. */
export interface ConnectionRecord {
  /** The file itself, links followed. */
  readonly file: string;
  /** Its client in Holdfast. */
  readonly client_id: string;
  /** Hash of the file as it was written. */
  readonly written: string;
  /** File with the bytes that undo leads back to; null when there was no file. */
  readonly backup: string | null;
  /** Names of the client's own entries that were taken out; how they read stands in the backup. */
  readonly taken: readonly string[];
}

/** Records in the data folder, one a client program. */
export class ConnectionRecords {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'connections');
  }

  /** The record of a program; null when there is none, or none that can be read. */
  read(program: string): ConnectionRecord | null {
    try {
      const value: unknown = JSON.parse(readSnapshot(this.fileOf(program)).text);
      if (!isRecord(value)) return null;
      const { file, client_id, written, backup, taken } = value;
      if (typeof file !== 'string' || typeof client_id !== 'string' || typeof written !== 'string') return null;
      const names = Array.isArray(taken) ? taken.filter((name) => typeof name === 'string') : [];
      return { file, client_id, written, backup: typeof backup === 'string' ? backup : null, taken: names };
    } catch {
      return null;
    }
  }

  write(program: string, record: ConnectionRecord): void {
    replaceFile(this.fileOf(program), Buffer.from(`${JSON.stringify(record, null, 2)}\n`), 0o600);
  }

  remove(program: string): void {
    if (this.read(program) !== null) removeFile(this.fileOf(program));
  }

  private readonly fileOf = (program: string): string => join(this.folder, `${program}.json`);
}
