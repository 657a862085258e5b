import type { Database } from 'better-sqlite3';
import { emptyJournal } from '../lifecycle/empty-journal';

/** 4 MiB, which takes some milliseconds. */
const RETURNED_PAGES = 1_000;

/**
 * Gives free pages back to the file system and empties the journal, which still holds what was there before;
 * while somebody reads, that comes later.
 * @param turn - lets other work go on in between; returns whether to go on
 */
export async function returnPages(db: Database, turn: () => Promise<boolean>): Promise<void> {
  const free = () => Number(db.pragma('freelist_count', { simple: true }));
  for (let before = free(); before > 0; before = free()) {
    db.pragma(`incremental_vacuum(${RETURNED_PAGES})`);
    if (free() >= before) break;
    if (!(await turn())) return;
  }
  emptyJournal(db);
}
