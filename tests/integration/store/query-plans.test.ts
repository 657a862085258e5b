import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { EventLog } from '#src/main/store/events/event-log';
import { StreamStore } from '#src/main/store/events/stream-store';
import { HistoryReader } from '#src/main/store/history/history';
import { LiveRecorder } from '#src/main/store/history/live-recorder';
import { Rollups } from '#src/main/store/history/rollups';
import { openDatabase } from '#src/main/store/lifecycle/database';
import { Retention } from '#src/main/store/lifecycle/retention';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { ClientStore } from '#src/main/store/sessions/client-store';
import { SessionStore } from '#src/main/store/sessions/session-store';
import { TransportStore } from '#src/main/store/sessions/transport-store';
import { SettingsStore } from '#src/main/store/settings-store';
import { UiTokenStore } from '#src/main/store/ui-token-store';
import { sessionQuerySchema, sessionSortSchema } from '#src/shared/contract/session';
import { call, reconnected, START, storedSession, transport } from './samples';
import { silent } from './support';

/** Statements that read a whole table on purpose, and why that is right. */
const WHOLE_TABLES: readonly [table: string, statement: RegExp, why: string][] = [
  ['clients', /FROM clients LEFT JOIN .* ORDER BY created_at/s, 'the list of all clients'],
  ['old_client_keys', /^SELECT client_id, key_hash, .* FROM old_client_keys$/, 'at most one row a client'],
  ['mcp_sessions', /INDEXED BY mcp_sessions_offered/, 'what is on offer just now'],
  [
    'mcp_sessions',
    /INDEXED BY mcp_sessions_client\s+WHERE status IN .* GROUP BY/,
    'once in ten minutes, by an index alone',
  ],
  ['mcp_sessions', /row_number\(\) OVER/, 'disconnected ones only, once a minute'],
  ['transports', /INDEXED BY transports_went/, 'only those whose session went to another client'],
  ['mcp_sessions', /FROM mcp_sessions\s+(WHERE .*)?ORDER BY .* LIMIT :limit OFFSET/s, 'a page in any order'],
  ['mcp_sessions', /^SELECT count\(\*\) FROM mcp_sessions/, 'the total of a filter'],
  ['mcp_sessions', /ORDER BY status IN \('expired', 'closed'\)/, 'a snapshot holds every session'],
  ['mcp_sessions', /GROUP BY status, probe/, 'counts of all sessions'],
  ['mcp_sessions', /^UPDATE mcp_sessions SET reconnect_token_hash = NULL/, 'once after a backup was restored'],
  ['sqlite_sequence', /./, 'one row a table'],
  ['ui_tokens', /^DELETE FROM ui_tokens/, 'a handful of browsers'],
  ['streams', /GROUP BY session_id HAVING/, 'one row a stream of the last day'],
  ['streams', /sum\(bytes\), 0\) FROM streams$/, 'once after a start and after rows were removed'],
  ['streams', /WHERE bytes > 0 AND sent_index/, 'only when the limit of all sessions is reached'],
  ['transports', /INDEXED BY transports_unbound .*OFFSET/s, 'unused transports only, 200 for a client'],
  ['stream', /INDEXED BY streams_open/, 'once at the start, what was running only'],
];

/** What the statements that run all the time must use. */
const HOT: readonly [what: string, statement: RegExp, plan: RegExp][] = [
  ['one session', /FROM mcp_sessions WHERE session_id = \?$/, /SEARCH mcp_sessions USING INDEX sqlite_autoindex/],
  [
    'compare-and-set of the token',
    /^UPDATE mcp_sessions SET .*reconnect_token_hash = :expected_hash/s,
    /SEARCH mcp_sessions USING (INDEX sqlite_autoindex_mcp_sessions_1|INDEX mcp_sessions_token_hash)/,
  ],
  ['attached sessions', /WHERE status IN \('active', 'idle'\)$/, /USING INDEX mcp_sessions_status \(status=\?\)/],
  ['sessions to expire', /lost_lived < \? AND pinned = 0 ORDER BY/, /USING INDEX mcp_sessions_lost \(lost_lived<\?\)/],
  ['sessions to come back to', /client_id = \? AND status = 'disconnected'/, /SEARCH mcp_sessions USING INDEX/],
  ['stateless session', /era = 'stateless'/, /USING INDEX mcp_sessions_client \(client_id=\? AND status=\?\)/],
  ['flapping sessions', /flapping = 1 AND probe = 0\s*$/, /USING INDEX mcp_sessions_flapping/],
  [
    'recent reconnects',
    /kind = 'session_reconnected' AND at > :day\s*$/,
    /COVERING INDEX events_kind \(kind=\? AND at>\?\)/,
  ],
  ['events after a seq', /FROM events WHERE seq > \?/, /SEARCH events USING INTEGER PRIMARY KEY \(rowid>\?\)/],
  [
    'timeline',
    /session_id = :session_id AND seq < :before ORDER/,
    /USING INDEX events_session \(session_id=\? AND seq<\?\)/,
  ],
  ['events of a bucket', /FROM events WHERE at >= :from AND at < :to/, /USING INDEX events_at \(at>\? AND at<\?\)/],
  [
    'events of a bucket by kind',
    /FROM events WHERE kind IN .* AND at >= :from/s,
    /USING INDEX events_(kind \(kind=\? AND at>\? AND at<\?\)|at \(at>\? AND at<\?\))/,
  ],
  [
    'history of minutes',
    /FROM history_minute WHERE .* GROUP BY/,
    /SEARCH history_minute USING PRIMARY KEY \(bucket_at>\? AND bucket_at<\?\)/,
  ],
  [
    'history of hours',
    /FROM history_hour WHERE .* GROUP BY/,
    /SEARCH history_hour USING PRIMARY KEY \(bucket_at>\? AND bucket_at<\?\)/,
  ],
  ['client of a key', /WHERE clients\.key_hash = \?/, /SEARCH clients USING INDEX/],
  ['client of an old key', /WHERE old\.key_hash = \?/, /SEARCH old USING INDEX/],
  ['open transports', /FROM transports WHERE session_id = \? AND ended_at IS NULL/, /USING INDEX transports_session/],
  ['handshakes to forget', /DELETE FROM transports INDEXED BY/, /USING INDEX transports_unbound \(created_at<\?\)/],
  [
    'messages to send again',
    /message_index > \? AND \(message IS NOT NULL/,
    /SEARCH stream_messages USING INDEX .*message_index>\?/,
  ],
  ['events to remove', /DELETE FROM events .* at </s, /USING COVERING INDEX events_at \(at<\?\)/],
  [
    'sessions to remove',
    /DELETE FROM mcp_sessions .*(ended_at <|ended_at IS NOT NULL)/s,
    /USING INDEX mcp_sessions_ended \(ended_at[<>]\?\)/,
  ],
  [
    'sessions of a client to remove',
    /DELETE FROM mcp_sessions .*client_id = \?/s,
    /USING INDEX mcp_sessions_client \(client_id=\? AND status=\?\)/,
  ],
];

/** Every statement of the store, as its classes prepare them. */
function collectStatements(db: Database): string[] {
  const prepare = db.prepare.bind(db);
  const sources = new Set<string>();
  db.prepare = ((source: string) => {
    sources.add(source);
    return prepare(source);
  }) as Database['prepare'];

  const transactions = new Transactions(db);
  const rollups = new Rollups(db);
  const events = new EventLog(db, rollups);
  const sessions = new SessionStore(db);
  const transports = new TransportStore(db, transactions);
  const live = new LiveRecorder({ attached: 1, rollups, transactions });
  new HistoryReader(db, live);
  new Retention(db, transactions, new StreamStore(db, transactions), silent);
  new ClientStore(db, transactions);
  new SettingsStore(db, transactions);
  new UiTokenStore(db, transactions);
  for (const sort of sessionSortSchema.options) {
    for (const filter of [
      {},
      { status: ['idle' as const] },
      { client_id: 'c_1' },
      { text: 'x' },
      { include_probes: true },
    ]) {
      sessions.page(sessionQuerySchema.parse({ sort, ...filter }));
    }
  }
  fill(transactions, { events, sessions, transports });
  live.observe(START);
  live.observe(START + 60_000);
  db.prepare = prepare;
  return [...sources];
}

/** Enough rows for `ANALYZE` to work with: 2,000 sessions of 3 clients and 20,000 events of a week. */
function fill(
  transactions: Transactions,
  { events, sessions, transports }: { events: EventLog; sessions: SessionStore; transports: TransportStore },
): void {
  const statuses = ['active', 'idle', 'disconnected', 'expired', 'closed'] as const;
  transactions.run(() => {
    for (let index = 0; index < 2_000; index += 1) {
      const status = statuses[index % 5];
      const at = START - index * 1_000;
      const stored = storedSession({
        status,
        client_id: `c_${index % 3}`,
        last_activity: at,
        disconnected_at: status === 'disconnected' ? at : null,
        ended_at: status === 'closed' || status === 'expired' ? at : null,
        flapping: index % 100 === 0,
      });
      sessions.save(stored);
      const { session_id } = stored.session;
      transports.save(transport({ session_id: session_id as never }));
      transports.save(transport({ created_at: at }));
      const calls = Array.from({ length: 9 }, (_, step) => call(session_id, at - step * 300_000));
      events.append([...calls, reconnected(session_id, at)]);
    }
  });
}

describe.each(['before the database was analyzed', 'after it was analyzed'])('%s', (state) => {
  let statements: string[];
  let plans: Map<string, string[]>;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
    const { db, release } = openDatabase({ folder, now: () => START, log: silent });
    statements = collectStatements(db);
    if (state.startsWith('after')) db.exec('ANALYZE');
    const { explain } = db as unknown as { explain(source: string): { detail: string }[] };
    plans = new Map(
      statements
        .filter((source) => /SELECT|UPDATE|DELETE/.test(source))
        .map((source) => [source, explain.call(db, `QUERY PLAN ${source}`).map(({ detail }) => detail)]),
    );
    db.close();
    release();
    rmSync(folder, { recursive: true });
  });

  test.each(HOT)('%s is found by an index', (_, statement, plan) => {
    const found = [...plans].filter(([source]) => statement.test(source));
    expect(found.length).toBeGreaterThan(0);
    for (const [, details] of found) {
      expect(details.join('\n')).toMatch(plan);
      expect(details.filter((detail) => /^SCAN (?!json_each)/.test(detail))).toEqual([]);
    }
  });

  test('nothing but what is meant to reads a whole table', () => {
    const scans = [...plans].flatMap(([source, details]) =>
      details.flatMap((detail) => {
        const table = /^SCAN (?!json_each|CONSTANT|\()(\w+)/.exec(detail)?.[1];
        if (table === undefined) return [];
        const meant = WHOLE_TABLES.some(([name, pattern]) => name === table && pattern.test(source));
        return meant ? [] : [`${detail}: ${source}`];
      }),
    );
    expect(scans).toEqual([]);
  });
});
