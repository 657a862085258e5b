import type { CallInFlight, Calls, LongCallState } from '../../../shared/contract/calls';
import { isoTime, type TableData } from '../../../shared/export/table-file';
import { t } from '../../../shared/messages/language';
import { clientToolName } from '../../../shared/model/client-names';
import { type Ms, SECOND } from '../../../shared/model/units';

/** Calls that are younger may be over before anybody has read of them. */
const A_MOMENT: Ms = 2 * SECOND;

/** A call in flight, or one that became a handle. */
export interface RunningRow {
  readonly key: string;
  readonly callId: number;
  /** In the client's words; whatever somebody called it. */
  readonly what: string;
  readonly clientId: string | null;
  readonly state: LongCallState | 'in_flight';
  readonly failed: boolean;
  readonly startedAt: Ms;
  readonly endedAt: Ms | null;
  readonly progress: CallInFlight['progress'];
}

/** The rows of the list: calls that a client waits for, the oldest first, then those with a handle, the newest first. */
export function runningRows({ running, handed_out, now }: Calls): readonly RunningRow[] {
  const inFlight = running
    .filter(({ started_at }) => now - started_at >= A_MOMENT)
    .map(
      (call): RunningRow => ({
        key: `call-${call.call_id}`,
        callId: call.call_id,
        what: call.name ?? call.method,
        clientId: call.client_id,
        state: 'in_flight',
        failed: false,
        startedAt: call.started_at,
        endedAt: null,
        progress: call.progress,
      }),
    );
  const handles = handed_out.map(
    (call): RunningRow => ({
      // The same key as before it became a handle, so that its line stays the same one.
      key: `call-${call.call_id}`,
      callId: call.call_id,
      what: clientToolName(call.server, call.tool),
      clientId: call.client_id,
      state: call.state,
      failed: call.ok === false,
      startedAt: call.started_at,
      endedAt: call.ended_at,
      progress: call.state === 'running' ? call.progress : null,
    }),
  );
  return [...inFlight, ...handles];
}

/** The list, in its order. */
export const runningTable = (rows: readonly RunningRow[]): TableData => ({
  columns: ['call_id', 'what', 'client_id', 'state', 'failed', 'started_at', 'ended_at'],
  rows: rows.map((row) => [
    row.callId,
    row.what,
    row.clientId,
    row.state,
    row.failed,
    isoTime(row.startedAt),
    isoTime(row.endedAt),
  ]),
});

/** `2 calls · 3 handles · 1 answer waits` */
export function summaryOf(rows: readonly RunningRow[]): string {
  const handles = rows.filter(({ state }) => state !== 'in_flight').length;
  const running = rows.filter(({ state }) => state === 'in_flight' || state === 'running').length;
  const waiting = rows.filter(({ state }) => state === 'answered').length;
  return [
    t('calls.count', { count: running }),
    ...(handles > 0 ? [t('calls.handles', { count: handles })] : []),
    ...(waiting > 0 ? [t('calls.waiting', { count: waiting })] : []),
  ].join(' · ');
}
