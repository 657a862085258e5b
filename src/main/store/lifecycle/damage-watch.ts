import type { Database, Statement } from 'better-sqlite3';
import { isDamage } from './sqlite-connection';

/**
 * Calls `onDamage` whenever a statement, reading or writing, finds the file corrupt. Without this, a bad page that is only
 * read at startup would make every start fail in the same way. Covers only statements prepared after this call.
 */
export function watchForDamage(db: Database, onDamage: (error: unknown) => void): void {
  const prepare = db.prepare.bind(db) as (source: string) => Statement;
  const watched = (source: string): Statement => {
    const statement = prepare(source);
    for (const method of ['get', 'all', 'run'] as const) {
      const call = statement[method].bind(statement) as (...parameters: unknown[]) => never;
      statement[method] = (...parameters) => {
        try {
          return call(...parameters);
        } catch (error) {
          if (isDamage(error)) onDamage(error);
          throw error;
        }
      };
    }
    return statement;
  };
  db.prepare = watched as Database['prepare'];
}
