import type { Logger } from 'pino';
import type { Ms } from '../../shared/model/units';
import type { Endpoint } from '../endpoint/server';
import { removeEndpointFile } from '../platform/endpoint-file';
import type { Services } from '../services';
import type { Foundation } from './foundation';
import { recordStop } from './last-run';
import type { CallRecords } from './open-call-records';
import type { OpenedConfiguration } from './open-configuration';

/** How long calls in progress may take to finish when Holdfast stops. */
const DRAIN: Ms = 1_500;

export type QuitPhase = readonly [name: string, run: () => void | Promise<void>];

/** What is ended in order. */
export interface QuitParts
  extends Pick<OpenedConfiguration, 'configured' | 'secrets'>,
    Pick<CallRecords, 'telemetry' | 'longCalls' | 'activity' | 'recording'>,
    Pick<Services, 'manager' | 'servers' | 'toolUse'> {
  readonly endpoint: Endpoint;
  /** What ends timers, and whatever else must do nothing from then on. */
  readonly endTimers: readonly (() => void)[];
}

/** The phases in which everything ends; docs/architecture.md says why in this order. */
export function quitPhases(foundation: Foundation, parts: QuitParts, isNextExpected: boolean): QuitPhase[] {
  const { options, store, clock } = foundation;
  const { servers, endTimers, configured, manager, endpoint, secrets } = parts;
  const { longCalls, activity, recording, toolUse, telemetry } = parts;
  return [
    ['leave the port alone', () => (isNextExpected ? undefined : servers.door.shutDoor())],
    ['stop timers', () => void endTimers.map((end) => end())],
    ['stop watching servers.json', () => configured.close()],
    ['let streams end quietly', () => manager.prepareStop()],
    ['leave servers to the next start', () => servers.prepareStop()],
    [
      'stop accepting and drain',
      async () => {
        const drained = endpoint.close(DRAIN);
        if (isNextExpected) await servers.door.openDoor();
        await drained;
      },
    ],
    ['disconnect sessions', () => manager.stop()],
    ['let go of servers', () => servers.stop()],
    ['let go of secrets', () => secrets.close()],
    ['let go of long calls', () => longCalls.close()],
    ['record what was called', () => activity.close()],
    ['record what is recorded', () => recording.settle()],
    ['record which tools were used', () => toolUse.close()],
    ['send what was counted', () => telemetry.close()],
    ['record the stop', () => recordStop(foundation, clock)],
    ['remove endpoint.json', () => removeEndpointFile(options.settings.folder)],
    ['close the database', () => store.close()],
  ];
}

/** Runs the quit phases in order. If one fails, it is logged and the others still run. */
export async function runPhases(phases: readonly QuitPhase[], log: Logger): Promise<void> {
  for (const [name, run] of phases) {
    try {
      await run();
    } catch (error) {
      log.error({ err: error, phase: name }, 'a quit phase failed');
    }
  }
}
