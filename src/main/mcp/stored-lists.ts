import type { Ms } from '../../shared/model/units';

/** What one server listed last. */
export interface StoredLists {
  readonly server: string;
  /** Of what was run when it listed this. */
  readonly fingerprint: string;
  /** All its lists were read, not just some. */
  readonly is_complete: boolean;
  readonly learned_at: Ms;
  /** When it last listed just this, to within ten minutes. */
  readonly heard_at: Ms;
  /** JSON text of its results by request. */
  readonly pages: string;
  /** JSON text of its answer to `initialize`; null when that is not known. */
  readonly introduction: string | null;
}

/** The table of what servers listed last. Every call is one transaction. */
export interface ServerListRepository {
  all(): StoredLists[];
  /** What this server listed last; null when nothing is kept of it. */
  of(server: string): StoredLists | null;
  /** The same of all servers, without what they listed. */
  ages(): Omit<StoredLists, 'pages' | 'introduction'>[];
  save(lists: StoredLists): void;
  heard(server: string, at: Ms): void;
  remove(server: string): void;
}
