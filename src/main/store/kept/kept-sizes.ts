import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Deletion, DeletionCounts, KeptData } from '../../../shared/contract/privacy';
import { DAY, type Ms } from '../../../shared/model/units';
import { type DatabaseFiles, listSetAside } from '../lifecycle/recovery';
import type { KeptTimes } from '../lifecycle/retention';
import { MOST_ANSWER_BYTES } from '../long-calls/long-call-store';
import { readAside } from './read-aside';
import type { KeptSizeLimits } from './size-limits';

/** Tables of each area; those that are not named are `other`. */
const TABLES: Readonly<Record<string, KeptData['areas'][number]['name']>> = {
  events: 'events',
  mcp_sessions: 'sessions',
  transports: 'sessions',
  activity: 'activity',
  activity_contents: 'contents',
  history_minute: 'history',
  history_hour: 'history',
  streams: 'messages',
  long_calls: 'answers',
  stream_messages: 'messages',
};

const BYTES_OF_TABLES = `SELECT schema.tbl_name AS "table", sum(pages.pgsize) AS bytes
  FROM dbstat AS pages JOIN sqlite_schema AS schema ON schema.name = pages.name
  WHERE pages.aggregate = 1 GROUP BY schema.tbl_name`;

const ENDED = 'SELECT session_id FROM mcp_sessions WHERE ended_at IS NOT NULL';
const NONE = '(SELECT 0)';
const CONTENTS = '(SELECT count(DISTINCT activity_id) FROM activity_contents)';

/** How many rows a deletion takes, as numbers; `?` stands for the time before which they go. */
const COUNTS: Readonly<Record<Deletion['what'], Readonly<Record<keyof DeletionCounts, string>>>> = {
  activity: {
    events: NONE,
    sessions: NONE,
    activity: '(SELECT count(*) FROM activity)',
    contents: CONTENTS,
    history: NONE,
  },
  contents: { events: NONE, sessions: NONE, activity: NONE, contents: CONTENTS, history: NONE },
  history: {
    events: NONE,
    sessions: NONE,
    activity: NONE,
    contents: NONE,
    history: '(SELECT count(*) FROM history_minute) + (SELECT count(*) FROM history_hour)',
  },
  ended_sessions: {
    events: `(SELECT count(*) FROM events WHERE session_id IN (${ENDED}))`,
    sessions: '(SELECT count(*) FROM mcp_sessions WHERE ended_at IS NOT NULL)',
    activity: `(SELECT count(*) FROM activity WHERE session_id IN (${ENDED}))`,
    contents: `(SELECT count(DISTINCT activity_id) FROM activity_contents
      WHERE activity_id IN (SELECT activity_id FROM activity WHERE session_id IN (${ENDED})))`,
    history: NONE,
  },
  older: {
    events: '(SELECT count(*) FROM events WHERE at < :before)',
    sessions: '(SELECT count(*) FROM mcp_sessions WHERE ended_at < :before)',
    activity: `(SELECT count(*) FROM activity
      WHERE at < :before OR session_id IN (SELECT session_id FROM mcp_sessions WHERE ended_at < :before))`,
    contents: `(SELECT count(DISTINCT activity_id) FROM activity_contents WHERE at < :before OR activity_id IN
      (SELECT activity_id FROM activity WHERE session_id IN (SELECT session_id FROM mcp_sessions WHERE ended_at < :before)))`,
    history:
      '(SELECT count(*) FROM history_minute WHERE bucket_at < :before) + (SELECT count(*) FROM history_hour WHERE bucket_at < :before)',
  },
};

export interface KeptSizesDeps {
  readonly files: DatabaseFiles;
  /** The data folder, with the log. */
  readonly folder: string;
  kept(): KeptTimes;
  /** Bytes. */
  limits(): KeptSizeLimits;
}

/** Measures what is kept, beside the work. One measurement at a time; whoever asks meanwhile gets the same. */
export class KeptSizes {
  private readonly deps: KeptSizesDeps;
  private readonly ending = new AbortController();
  private measuring: Promise<KeptData> | null = null;

  constructor(deps: KeptSizesDeps) {
    this.deps = deps;
  }

  measure(): Promise<KeptData> {
    this.measuring ??= this.measureNow().finally(() => {
      this.measuring = null;
    });
    return this.measuring;
  }

  /** @param before - for `older`: what is older than this time */
  async count(what: Deletion['what'], before: Ms): Promise<DeletionCounts> {
    const areas = Object.entries(COUNTS[what]);
    const statement = `SELECT ${areas.map(([name, count]) => `${count} AS ${name}`).join(', ')}`;
    // Named parameters do not cross; the time is a number that was made here.
    const text = statement.replaceAll(':before', String(Math.floor(before)));
    const [row] = await readAside<DeletionCounts>(this.deps.files.database, text, [], this.ending.signal);
    return row ?? { events: 0, sessions: 0, activity: 0, contents: 0, history: 0 };
  }

  /** Gives up what is being measured. */
  close(): void {
    this.ending.abort();
  }

  private async measureNow(): Promise<KeptData> {
    const { files, folder } = this.deps;
    const kept = this.deps.kept();
    const rows = await readAside<{ table: string; bytes: number }>(
      files.database,
      BYTES_OF_TABLES,
      [],
      this.ending.signal,
    );
    const sums = new Map<string, number>();
    for (const { table, bytes } of rows) {
      const area = TABLES[table] ?? 'other';
      sums.set(area, (sums.get(area) ?? 0) + bytes);
    }
    const ofArea = (name: string) => sums.get(name) ?? 0;
    const setAside = listSetAside(files.database).reduce((sum, { bytes }) => sum + bytes, 0);
    const backups = sizeOfFolder(files.backups) + setAside;
    const log = sizeOf(join(folder, 'holdfast.log')) + sizeOf(join(folder, 'holdfast.log.1'));
    const database = sizeOf(files.database) + sizeOf(`${files.database}-wal`);
    const [events, activity, history] = [kept.events / DAY, kept.activity / DAY, kept.history / DAY];
    const limits: Partial<Record<Area['name'], number>> = { ...this.deps.limits(), answers: MOST_ANSWER_BYTES };
    const area = (name: Area['name'], what: string, time: string, days: number | null = null, size = ofArea(name)) => ({
      name,
      what,
      kept: time,
      days,
      bytes: size,
      limit_bytes: limits[name] ?? null,
    });
    return {
      areas: [
        area('events', 'Events and timelines of sessions', daysWords(events), events),
        area('sessions', 'Sessions and their connections', `${daysWords(events)} after their end`, events),
        area('activity', 'What was called, without contents', daysWords(activity), activity),
        area('contents', 'Contents of messages, where you had them recorded', '24 hours', 1),
        area('history', 'History for the charts', daysWords(history), history),
        area('messages', 'Messages for clients that come back', daysWords(1), 1),
        area('answers', 'Answers to calls that became a handle', daysWords(1), 1),
        area('other', 'Clients, servers and settings', 'until you remove them'),
        area('backups', 'Backups of all of this', 'the newest 3, one a day', null, backups),
        area('log', 'Log', 'the newest', null, log),
      ],
      total_bytes: database + backups + log,
    };
  }
}

type Area = KeptData['areas'][number];

const daysWords = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`;

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

const sizeOfFolder = (folder: string): number =>
  existsSync(folder) ? readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0) : 0;
