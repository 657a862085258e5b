// Loaded before a program (`node --import`): with SIGUSR2 the machine wakes from an hour of sleep, as Linux counts it. The
// wall clock and uptime went on, and the monotonic clock stood still.
import { createRequire, syncBuiltinESMExports } from 'node:module';

const HOUR_MS = 3_600_000;
const os = createRequire(import.meta.url)('node:os');
const { uptime } = os;
const now = Date.now;
let slept = 0;
Date.now = () => now() + slept;
os.uptime = () => uptime() + slept / 1_000;
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  slept += HOUR_MS;
});
