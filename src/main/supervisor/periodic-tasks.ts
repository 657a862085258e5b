import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { Services } from '../services';
import type { Foundation } from './foundation';
import { guarded } from './guarded';
import { rememberAlive } from './last-run';

const TICK: Ms = SECOND;
/** While sessions are attached, the recorded end of a killed run is off by at most this much. */
const ALIVE: Ms = 10 * SECOND;
const SWEEP: Ms = MINUTE;
/** How often ended client processes are looked for. Outside Linux a program has to be started for it. */
const LOOK_FOR_CLIENTS: Ms = (process.platform === 'linux' ? 2 : 10) * SECOND;
const MAINTAIN: Ms = 10 * MINUTE;

/** Begins what is done over and over while this runs. Returns what ends it. */
export function beginPeriodicTasks(
  { options, store, clock, timers, log }: Foundation,
  {
    manager,
    clients,
    clientProcesses,
    longCalls,
  }: Pick<Services, 'manager' | 'clients' | 'clientProcesses' | 'longCalls'>,
): (() => void)[] {
  const lookForClients = () => {
    clientProcesses.check().catch((error) => log.warn({ err: error }, 'ended clients could not be looked for'));
  };
  const sayLoss = (sentence: string | null) => sentence !== null && options.onLoss?.(sentence);
  const endSurplus = () => {
    const busy = longCalls.inFlight.list().flatMap(({ session_id }) => session_id ?? []);
    const ended = manager.endSurplus(busy);
    if (ended > 0) log.info({ ended }, 'too many sessions waited for their clients: those away longest have ended');
  };
  const maintain = () => void store.maintain(clock.now(), clock.lived());
  const periodic: [Ms, string, () => void][] = [
    [TICK, 'tick', () => manager.tick()],
    [TICK, 'observe', () => store.observe(clock.now())],
    [TICK, 'look for the database', () => sayLoss(store.findLoss())],
    [ALIVE, 'say that sessions are attended', () => manager.attachedCount() > 0 && rememberAlive(store, clock)],
    [SWEEP, 'say that this runs', () => rememberAlive(store, clock)],
    [LOOK_FOR_CLIENTS, 'look for clients that have ended', () => lookForClients()],
    [SWEEP, 'sweep', () => manager.sweep()],
    [SWEEP, 'end sessions that are too many', endSurplus],
    [SWEEP, 'end old keys', () => clients.endOldKeys()],
    [SWEEP, 'keep within limits of bytes', () => void store.enforceSizes()],
    [TICK, 'go on removing what is too old', () => store.goOnRemoving()],
    [MAINTAIN, 'maintain', maintain],
  ];
  const endTimers = periodic.map(([period, task, work]) => timers.every(period, guarded(task, work, log)));
  endTimers.push(timers.after(MINUTE, guarded('maintain', maintain, log)));
  // A machine whose battery runs out in its sleep does not wake.
  const beforeSleep = guarded('say that this runs until the machine sleeps', () => rememberAlive(store, clock), log);
  if (options.power) endTimers.push(options.power.onSuspend(beforeSleep));
  return endTimers;
}
