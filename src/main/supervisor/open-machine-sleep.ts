import { ClockPower } from '../platform/clock-power';
import { systemClock } from '../platform/node';
import { MachineSleep } from '../sessions/machine-sleep';
import type { Sleeps } from '../sessions/sleeps';
import type { Foundation } from './foundation';

export interface OpenedMachineSleep {
  readonly machineSleep: MachineSleep;
  close(): void;
}

/** Follows the sleep of the machine, which the clocks tell, and the desktop where there is one. */
export function openMachineSleep(
  { options, store, bus, clock, timers, log, undo }: Foundation,
  sleeps: Sleeps,
): OpenedMachineSleep {
  const clockPower = new ClockPower(options.clock ?? systemClock, timers);
  const machineSleep = new MachineSleep({
    sources: [...(options.power ? [options.power] : []), clockPower],
    clock,
    sleeps,
    record: (event) => bus.publish(store.repository.commit({ events: [event] })),
    onProblem: (error) => log.warn({ err: error }, 'not everything was done that follows a sleep'),
  });
  const close = () => {
    machineSleep.close();
    clockPower.close();
  };
  undo.push(close);
  return { machineSleep, close };
}
