import { ActivityLog } from '../activity/activity-log';
import { ContentsRecorder } from '../activity/contents/contents-recorder';
import { ContentsRecording } from '../activity/recording';
import { LongCalls } from '../long-calls/long-calls';
import { Telemetry } from '../telemetry/telemetry';
import type { Servers } from '../upstream/servers';
import type { Foundation } from './foundation';
import type { OpenedConfiguration } from './open-configuration';

export interface CallRecords {
  readonly recording: ContentsRecording;
  readonly telemetry: Telemetry;
  /** From then on telemetry counts no events any more. */
  stopCounting(): void;
  readonly activity: ActivityLog;
  readonly longCalls: LongCalls;
}

/**
 * Opens what is kept and told of calls.
 * @param servers - asked for only once all is open
 */
export async function openCallRecords(
  { options, store, bus, clock, timers, random, network, log, url, undo }: Foundation,
  { configured, watched, known }: OpenedConfiguration,
  servers: () => Servers,
): Promise<CallRecords> {
  const recording = new ContentsRecording({ kept: store.settings, clock });
  // While servers.json cannot be read, nobody knows which servers are gone.
  const keepRecording = () => {
    if (configured.problems.length === 0) recording.keepOnly(configured.all().map(({ entry }) => entry.name));
  };
  keepRecording();
  configured.onChange(keepRecording);
  const telemetry = await Telemetry.open({
    settings: store.settings,
    secrets: watched,
    version: options.version,
    network,
    clock,
    timers,
    random,
    stateNow: () => ({
      sessions: store.sessions.health(clock.now()).status_breakdown,
      servers: configured.all().flatMap(({ entry: { name } }) => {
        const status = servers().stateOf(name);
        return status ? [{ server: name, state: status.state, processes: status.instances.length }] : [];
      }),
    }),
    url,
    log,
  });
  undo.push(() => telemetry.close());
  const stopCounting = bus.subscribe((events) => telemetry.happened(events));
  const activity = new ActivityLog({
    contents: new ContentsRecorder(recording, known.mask),
    repository: store.activity,
    clock,
    timers,
    onEnded: (row, traceparent) => telemetry.called(row, traceparent),
    onProblem: (error) => log.warn({ err: error }, 'what was called could not be recorded yet'),
  });
  // Two transactions for what is known of one call would be two writes to the disk.
  store.repository.alongside = () => activity.alongside;
  undo.push(() => activity.close());
  const longCalls = new LongCalls({
    calls: store.longCalls,
    patience: store.patience,
    clock,
    timers,
    random,
    onProblem: (error) => log.warn({ err: error }, 'what is kept of long calls could not be written'),
  });
  undo.push(() => longCalls.close());
  return { recording, telemetry, stopCounting, activity, longCalls };
}
