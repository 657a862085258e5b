import type { Server } from '../../../shared/contract/server';
import { isoTime, type TableData } from '../../../shared/export/table-file';
import { lastErrorOf, memoryOf, processCount, processorOf } from '../../format/server-words';

const COLUMNS = [
  'name',
  'transport',
  'state',
  'enabled',
  'trusted',
  'policy',
  'sessions',
  'processes',
  'memory_bytes',
  'processor_percent',
  'running_calls',
  'restarts',
  'last_error',
  'last_error_at',
  'next_try_at',
  'server_name',
  'server_version',
  'protocol_version',
] as const;

/** The table of servers, in its order. Commands, addresses and values stay here. */
export const serverTable = (servers: readonly Server[]): TableData => ({
  columns: COLUMNS,
  rows: servers.map((server) => [
    server.name,
    server.transport,
    server.state,
    server.enabled,
    server.trusted,
    server.policy,
    server.sessions_using,
    processCount(server),
    memoryOf(server),
    processorOf(server),
    server.running_calls,
    server.restarts,
    lastErrorOf(server),
    isoTime(server.last_error_at),
    isoTime(server.next_try_at),
    server.server_info?.name ?? null,
    server.server_info?.version ?? null,
    server.protocol_version,
  ]),
});
