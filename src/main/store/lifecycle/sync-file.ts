import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Flushes a file to disk. Never use it on a file that SQLite has open: closing the file drops SQLite's locks. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
