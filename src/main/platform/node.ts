import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, Random, Timers } from './ports';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
};

export const systemTimers: Timers = {
  after(delay, work) {
    const timer = setTimeout(work, delay);
    return () => clearTimeout(timer);
  },
  every(period, work) {
    const timer = setInterval(work, period);
    return () => clearInterval(timer);
  },
};
