import type { Database } from 'better-sqlite3';

/** One step of the schema. `up` runs inside a transaction and never changes once released. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  up(db: Database): void;
}
