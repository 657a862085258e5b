import type { Ms } from '../../shared/model/units';

/** What one server listed last. */
export interface StoredLists {
  readonly server: string;
  /** Of what was run when it listed this. */
  readonly fingerprint: string;
  /** All its lists were read, not just some. */
  readonly is_complete: boolean;
  readonly learned_at: Ms;
  /** JSON text of its results by request. */
  readonly pages: string;
}

/** The table of what servers listed last. Every call is one transaction. */
export interface ServerListRepository {
  all(): StoredLists[];
  /** What this server listed last; null when nothing is kept of it. */
  of(server: string): StoredLists | null;
  save(lists: StoredLists): void;
  remove(server: string): void;
}
