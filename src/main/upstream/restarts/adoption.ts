import type { ServerStopReason } from '../../../shared/contract/event';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { resumeConnection } from '../instance/connect';
import type { UpstreamDeps } from '../instance/instance-owner';
import { InstanceRow, NOTHING_BEHIND } from '../instance/instance-row';
import type { KeptChild } from '../keeper/keeper-ports';
import { endLeftOvers } from '../keeper/left-over';
import type { Server } from '../server';
import type { InstanceRecord, OpenQuestion } from '../upstream-ports';

/** How long the keeper waits for a Holdfast to return before it ends its processes. */
const KEEPER_PATIENCE: Ms = 10 * MINUTE;

export interface AdoptionOptions {
  readonly deps: UpstreamDeps;
  readonly rows: readonly InstanceRecord[];
  /** What servers have asked and have no answer to. */
  readonly questions: readonly OpenQuestion[];
  readonly lostContactAt: Ms;
  /** Whether the earlier keeper was still running. */
  readonly wasFound: boolean;
  readonly serverOf: (name: string) => Server | null;
}

/** Adopts what kept running without Holdfast and is still wanted, and ends the rest. */
export function adoptInstances(options: AdoptionOptions): void {
  const { deps, rows, questions } = options;
  const strays = new Map(deps.keeper.found.map((child) => [child.child_id, child]));
  const adopted = new Set<string>();
  for (const record of rows) {
    const child = strays.get(record.child_id ?? '') ?? null;
    if (!adopt(options, record, child)) continue;
    adopted.add(record.instance_id);
    if (child) strays.delete(child.child_id);
  }
  for (const { child_id } of strays.values()) void deps.keeper.end(child_id);
  for (const server of new Set(rows.map(({ server }) => options.serverOf(server)))) server?.finishMoves();
  // Nobody waits for the answers any more.
  const settled = questions.filter(({ instance_id }) => !adopted.has(instance_id));
  if (settled.length > 0) deps.commit({ settled });
}

/** Adopts one instance if possible. Returns whether it did. */
function adopt(options: AdoptionOptions, stored: InstanceRecord, child: KeptChild | null): boolean {
  const { deps, lostContactAt, serverOf } = options;
  const record = { ...stored, session_key: keyOf(options, stored) };
  const server = serverOf(record.server);
  const row = new InstanceRow(deps, record, true);
  const reason = whyNot(options, record, server);
  if (record.session_key !== null && isGuest(options, record.session_key)) server?.leftBehind(record);
  const isReady = server !== null && reason === null && record.initialize_result !== null;
  const connection = isReady ? resumeConnection(server.config, record, child, deps) : null;
  if (server && connection) {
    const away_ms = Math.max(0, deps.clock.now() - lostContactAt);
    row.save({}, row.event('server_adopted', { away_ms }));
    const ofInstance = options.questions.filter(({ instance_id }) => instance_id === record.instance_id);
    server.restore(record).adopt(connection, ofInstance);
    return true;
  }
  if (record.pid !== null && !child) void endLeftOvers([leftOver(record)]);
  const stop = { reason: reason ?? whyGone(options, child), code: null, signal: null, calls_lost: 0 };
  const events = record.pid === null ? [] : [row.event('server_stopped', stop)];
  if (server && (reason === null || reason === 'changed') && fits(record, server)) {
    row.save({ ...NOTHING_BEHIND, fingerprint: server.config.fingerprint }, ...events);
    server.restore(row.record);
  } else row.remove(...events);
  return false;
}

/** Holdfast may have been killed in the moment in which a session ended that shared its servers. */
const keyOf = ({ deps }: AdoptionOptions, { session_key: key }: InstanceRecord): string | null =>
  key === null ? null : (deps.sessions(key).heir ?? key);

/** Whether the session uses the servers of another one. It has none of its own: Holdfast was killed in the moment in which it joined. */
const isGuest = ({ deps }: AdoptionOptions, session_key: string): boolean => deps.sessions(session_key).host != null;

/** Why the instance is no longer wanted in its present form; null if it is. */
function whyNot({ deps }: AdoptionOptions, record: InstanceRecord, server: Server | null): ServerStopReason | null {
  if (!server) return 'removed';
  const { session_key } = record;
  const session = session_key === null ? null : deps.sessions(session_key);
  if (session?.isOver || session?.host || server.serves(session_key)) return 'session_ended';
  if (!server.config.enabled) return 'disabled';
  const isSame = server.config.trusted && server.config.fingerprint === record.fingerprint;
  return isSame && fits(record, server) ? null : 'changed';
}

/** Whether the server still runs per session, or still shared, as when the record was written. */
const fits = ({ session_key }: InstanceRecord, server: Server): boolean => (session_key === null) === server.isShared;

/** Why a wanted process is gone or cannot be continued. */
function whyGone({ deps, wasFound, lostContactAt }: AdoptionOptions, child: KeptChild | null): ServerStopReason {
  if (child) return 'supervisor_stopped';
  if (wasFound) return 'crashed';
  return deps.clock.now() - lostContactAt >= KEEPER_PATIENCE ? 'supervisor_stopped' : 'keeper_lost';
}

const leftOver = ({ child_id, pid, pid_started }: InstanceRecord): KeptChild => ({
  child_id: child_id ?? '',
  pid: pid ?? 0,
  pid_started: pid_started ?? '',
});
