import type { Database } from 'better-sqlite3';

/** Connections whose journal still holds what is to be gone. */
const owed = new WeakSet<Database>();

/**
 * Merges the journal into the database and cuts it to nothing, so that it no longer holds what pages were before. Never
 * waits for whoever reads meanwhile: then {@link emptyJournalIfOwed} does it later.
 * @returns whether the journal is empty
 */
export function emptyJournal(db: Database): boolean {
  owed.add(db);
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 0');
  try {
    // The first column says whether somebody was in the way.
    if (db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0) return false;
    owed.delete(db);
    return true;
  } finally {
    if (db.open) db.pragma(`busy_timeout = ${patience}`);
  }
}

/** Tries again what {@link emptyJournal} could not do. Costs nothing if nothing is owed. */
export function emptyJournalIfOwed(db: Database): void {
  if (owed.has(db)) emptyJournal(db);
}
