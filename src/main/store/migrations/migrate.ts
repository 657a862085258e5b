import type { Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import { initial } from './0001-initial';
import { servers } from './0002-servers';
import { reservedSessions } from './0003-reserved-sessions';
import { livedTime } from './0004-lived-time';
import { bytesOfMessages } from './0005-bytes-of-messages';
import { clientProcesses } from './0006-client-processes';
import { serverLists } from './0007-server-lists';
import { heldCalls } from './0008-held-calls';
import { serverFailures } from './0009-server-failures';
import { activity } from './0010-activity';
import { activityContents } from './0011-activity-contents';
import { toolSets } from './0012-tool-sets';
import { tools } from './0013-tools';
import { toolSearch } from './0014-tool-search';
import { clientKeys } from './0015-client-keys';
import { longCalls } from './0016-long-calls';
import { pinsAndHandovers } from './0017-pins-and-handovers';
import { tasks } from './0018-tasks';
import { sharing } from './0019-sharing';
import { bridgedTasks } from './0020-bridged-tasks';
import { tasksOfSessions } from './0021-tasks-of-sessions';
import { callsOverAKill } from './0022-calls-over-a-kill';
import type { Migration } from './migration';

/** Every step, oldest first, by its version. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  servers,
  reservedSessions,
  livedTime,
  bytesOfMessages,
  clientProcesses,
  serverLists,
  heldCalls,
  serverFailures,
  activity,
  activityContents,
  toolSets,
  tools,
  toolSearch,
  clientKeys,
  longCalls,
  pinsAndHandovers,
  tasks,
  sharing,
  bridgedTasks,
  tasksOfSessions,
  callsOverAKill,
];

/**
 * Brings the schema to the newest version. Each step and its `user_version` are one transaction, so no step is ever half
 * done and the next start continues an interrupted migration.
 *
 * @param backup - called once before the first step if the database has the schema of an earlier version
 * @returns names of the steps that were taken
 * @throws HoldfastError `database_too_new` if a newer Holdfast wrote the database; nothing has changed then
 */
export function migrate(
  db: Database,
  backup: () => void,
  migrations: readonly Migration[] = MIGRATIONS,
): readonly string[] {
  const current = userVersion(db);
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new HoldfastError(
      'database_too_new',
      `The database has version ${current}, this Holdfast knows up to ${newest}. ` +
        'Update Holdfast, or choose another data folder.',
    );
  }
  const pending = migrations.filter((migration) => migration.version > current);
  if (pending.length > 0 && current > 0) backup();
  for (const migration of pending) apply(db, migration);
  return pending.map((migration) => migration.name);
}

function apply(db: Database, migration: Migration): void {
  db.transaction(() => {
    migration.up(db);
    const broken = db.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) {
      throw new HoldfastError('internal_error', `Migration ${migration.name} broke ${broken.length} references.`);
    }
    db.pragma(`user_version = ${migration.version}`);
  }).immediate();
}

const userVersion = (db: Database): number => db.pragma('user_version', { simple: true }) as number;
