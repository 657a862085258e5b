import type { Database } from 'better-sqlite3';

/** Runs `work` so that what it deletes is overwritten in the file. It costs writing the pages that become free. */
export function overwriting(db: Database, work: () => void): void {
  const was = db.pragma('secure_delete', { simple: true });
  db.pragma('secure_delete = ON');
  try {
    work();
  } finally {
    if (db.open) db.pragma(`secure_delete = ${was}`);
  }
}
