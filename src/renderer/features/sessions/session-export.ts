import type { Session } from '../../../shared/contract/session';
import { isoTime, type TableData } from '../../../shared/export/table-file';

const COLUMNS = [
  'session_id',
  'name',
  'client_id',
  'client_type',
  'client_name',
  'client_version',
  'folder',
  'status',
  'degraded',
  'flapping',
  'probe',
  'era',
  'protocol_version',
  'server',
  'created_at',
  'last_activity',
  'disconnected_at',
  'ended_at',
  'reconnect_count',
  'last_reconnect_cause',
  'calls',
  'errors',
  'latest_latency_ms',
  'recent_latencies_ms',
] as const;

/**
 * The table of sessions, in its order.
 * @param names - that the user gave to sessions, by session id
 */
export const sessionTable = (sessions: readonly Session[], names: Readonly<Record<string, string>>): TableData => ({
  columns: COLUMNS,
  rows: sessions.map((session) => [
    session.session_id,
    names[session.session_id] ?? null,
    session.client_id,
    session.client_type,
    session.client_name,
    session.client_version,
    session.client_process?.folder ?? null,
    session.status,
    session.degraded,
    session.flapping,
    session.probe,
    session.era,
    session.protocol_version,
    session.server,
    isoTime(session.created_at),
    isoTime(session.last_activity),
    isoTime(session.disconnected_at),
    isoTime(session.ended_at),
    session.reconnect_count,
    session.last_reconnect_cause,
    session.calls,
    session.errors,
    session.recent_latencies.at(-1) ?? null,
    // What the line in the table is drawn from, oldest first.
    session.recent_latencies.join(' ') || null,
  ]),
});
