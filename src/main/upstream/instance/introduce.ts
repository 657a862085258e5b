import type { InitializeResult } from '../../mcp/server-channel';
import type { ServerConnection } from '../server-connection';
import { initialize, probe } from './handshake';
import type { InstanceOwner } from './instance-owner';
import { behind, type InstanceRow } from './instance-row';
import type { OwnRequests } from './own-requests';

export interface Introduction {
  readonly connection: ServerConnection;
  readonly own: OwnRequests;
  readonly row: InstanceRow;
  readonly owner: InstanceOwner;
  /** The answer to `initialize` of an earlier connection; null if there was none. */
  readonly known: InitializeResult | null;
}

/** Initializes the server, replays what its predecessor knew, and returns its answer to `initialize`. */
export async function introduce({ connection, own, row, owner, known }: Introduction): Promise<InitializeResult> {
  const { fingerprint } = owner.config;
  if (connection.isResumed && known) {
    row.store({ ...behind(connection), fingerprint });
    await probe(own);
    return known;
  }
  // If Holdfast were killed now, the next one could not tell how far this got.
  row.store({ ...behind(connection), fingerprint, initialize_result: null });
  const { initialize_params: initializeParams, client_settings: clientSettings, server } = row.record;
  const onProblem = (error: unknown) => owner.deps.log.warn({ err: error, server }, 'a server refused a setting');
  const { startLimit } = owner.config;
  return initialize({ own, startLimit, initializeParams, clientSettings, onProblem });
}
