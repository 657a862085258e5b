import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Forces what was written to a file onto the disk. Never for a file that SQLite has open: closing drops its locks. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
