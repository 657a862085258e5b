import type { NewEvent, ServerStopReason } from '../../shared/contract/event';
import { isSessionId } from '../../shared/model/ids';
import { MINUTE, type Ms } from '../../shared/model/units';
import { instanceOf, resumeConnection } from './connections';
import type { Homes } from './homes';
import type { UpstreamPorts } from './instance-ports';
import { endLeftOvers } from './keeper/left-over';
import type { KeptChild } from './keeper/link';
import type { InstanceRecord } from './ports';
import type { Server } from './server';

/** The keeper ends its processes when no Holdfast came back for so long. */
const KEEPER_PATIENCE: Ms = 10 * MINUTE;

export interface AdoptionOptions {
  readonly ports: UpstreamPorts;
  readonly homes: Homes;
  readonly rows: readonly InstanceRecord[];
  readonly lostContactAt: Ms;
  /** The keeper of before is still there. */
  readonly wasFound: boolean;
  readonly serverOf: (name: string) => Server | null;
}

/** Takes over what ran on without a Holdfast and is still wanted, and ends the rest. */
export function adoptInstances(options: AdoptionOptions): void {
  const { ports, rows } = options;
  const found = new Map(ports.keeper.found.map((child) => [instanceOf(child), child]));
  const strays = new Set(found.values());
  for (const stored of rows) {
    const kept = found.get(stored.instance_id);
    const child = kept && kept.pid === stored.pid && kept.pid_started === stored.pid_started ? kept : null;
    if (adopt(options, stored, child) && child) strays.delete(child);
  }
  for (const child of strays) void ports.keeper.end(child.child_id);
}

/** Whether it was taken over. */
function adopt(options: AdoptionOptions, stored: InstanceRecord, child: KeptChild | null): boolean {
  const { ports, homes, lostContactAt, serverOf } = options;
  const server = serverOf(stored.server);
  const state = stored.home === null ? null : homes(stored.home);
  const record = state ? { ...stored, home: state.id } : stored;
  const reason = whyNot(record, server, state?.isOver ?? false);
  const connection =
    server && reason === null && record.initialize_result !== null
      ? resumeConnection(server.config, record, child, ports)
      : null;
  const at = ports.clock.now();
  if (server && connection) {
    const { instance_id, pid } = record;
    const payload = { server: record.server, instance_id, pid, away_ms: Math.max(0, at - lostContactAt) };
    ports.commit({ save: [record], events: [{ at, ...sessionOf(record), kind: 'server_adopted', payload }] });
    server.restore(record).adopt(connection);
    return true;
  }
  if (record.pid !== null && !child) void endLeftOvers([leftOver(record)]);
  const stopped = { ...record, pid: null, pid_started: null, initialize_result: null };
  const ran = record.pid !== null;
  const events = ran ? [stopEvent(record, at, reason ?? whyGone(options, child, at))] : [];
  const isKept = server !== null && (reason === null || reason === 'changed') && fits(record, server);
  if (!isKept) {
    ports.commit({ remove: [record.instance_id], events });
    return false;
  }
  const { fingerprint } = server.config;
  const isSame = fingerprint === record.fingerprint;
  const next = {
    ...stopped,
    fingerprint,
    ...(isSame ? {} : { upstream_session_id: null, upstream_last_event_id: null }),
  };
  ports.commit({ save: [next], events });
  server.restore(next);
  return false;
}

/** Why it is not wanted as it is; null when it is. */
function whyNot(record: InstanceRecord, server: Server | null, isOver: boolean): ServerStopReason | null {
  if (!server) return 'removed';
  if (isOver) return 'session_ended';
  if (!server.config.enabled) return 'disabled';
  const isSame = server.config.trusted && server.config.fingerprint === record.fingerprint;
  return isSame && fits(record, server) ? null : 'changed';
}

/** Whether the server still has one instance a home, or still one for all. */
const fits = ({ home }: InstanceRecord, server: Server): boolean => (home === null) === server.isShared;

/** Why a process that is wanted is not there any more, or cannot be gone on with. */
function whyGone({ wasFound, lostContactAt }: AdoptionOptions, child: KeptChild | null, at: Ms): ServerStopReason {
  if (child) return 'supervisor_stopped';
  if (wasFound) return 'crashed';
  return at - lostContactAt >= KEEPER_PATIENCE ? 'supervisor_stopped' : 'keeper_lost';
}

const leftOver = ({ instance_id, pid, pid_started }: InstanceRecord): KeptChild => ({
  child_id: instance_id,
  pid: pid ?? 0,
  pid_started: pid_started ?? '',
});

function stopEvent(record: InstanceRecord, at: Ms, reason: ServerStopReason): NewEvent {
  const { server, instance_id, pid } = record;
  const payload = { server, instance_id, pid, reason, code: null, signal: null, calls_lost: 0 };
  return { at, ...sessionOf(record), kind: 'server_stopped', payload };
}

const sessionOf = ({ home }: InstanceRecord): { session_id: string | null } => ({
  session_id: home !== null && isSessionId(home) ? home : null,
});
