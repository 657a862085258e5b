import { join } from 'node:path';
import { isRecord } from './is-record';
import { readSnapshot, removeFile, replaceFile } from './settings-file';

/** What is kept about a file that Holdfast changed, to undo it. It holds no key. */
export interface ConnectionRecord {
  /** The file itself, links followed. */
  readonly file: string;
  /** Its client in Holdfast. */
  readonly client_id: string;
  /** Hash of the file as it was written; empty when the file from before is not to be put back. */
  readonly written: string;
  /** File with the bytes from before; null when there was no file. */
  readonly backup: string | null;
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
      const { file, client_id, written, backup } = value;
      if (typeof file !== 'string' || typeof client_id !== 'string' || typeof written !== 'string') return null;
      return { file, client_id, written, backup: typeof backup === 'string' ? backup : null };
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
