import type { Client } from '../../../shared/contract/client';
import { isoTime, type TableData } from '../../../shared/export/table-file';

const COLUMNS = [
  'client_id',
  'name',
  'type',
  'type_name',
  'policy',
  'new_process',
  'may_take_over',
  'open_sessions',
  'created_at',
  'first_seen_at',
  'last_seen_at',
] as const;

/**
 * The table of clients, in its order.
 * @param open - sessions of each that have not ended
 */
export const clientTable = (clients: readonly Client[], open: ReadonlyMap<string, number>): TableData => ({
  columns: COLUMNS,
  rows: clients.map((client) => [
    client.client_id,
    client.name,
    client.type,
    client.type_name,
    client.policy,
    client.new_process,
    client.may_take_over,
    open.get(client.client_id) ?? 0,
    isoTime(client.created_at),
    isoTime(client.first_seen_at),
    isoTime(client.last_seen_at),
  ]),
});
