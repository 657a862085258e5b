import { randomBytes } from 'node:crypto';
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Random, SystemClock, Timers } from './ports';

export const systemClock: SystemClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1_000,
  // Linux: CLOCK_MONOTONIC. Elsewhere libuv reads mach_continuous_time and QueryPerformanceCounter, which go on.
  countsSleep: process.platform !== 'linux',
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
