import { statSync } from 'node:fs';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';

/**
 * Knows whether the database that is open is still the file at its path. A file that was deleted can be written for as long
 * as it is open, and everything in it is gone when the process ends.
 */
export class FileGuard {
  /** For people; says what happened and what to do. */
  readonly sentence: string;
  private readonly file: string;
  private readonly opened: string | null;

  constructor(file: string) {
    this.file = file;
    this.opened = identityOf(file);
    this.sentence = said('said.database.gone', { file });
  }

  isInPlace(): boolean {
    return identityOf(this.file) === this.opened;
  }

  /** @throws HoldfastError `storage_unavailable` when the file is not in its place */
  check(): void {
    if (!this.isInPlace()) throw new HoldfastError('storage_unavailable', this.sentence);
  }
}

function identityOf(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
