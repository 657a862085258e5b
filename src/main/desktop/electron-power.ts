import { uptime } from 'node:os';
import { powerMonitor } from 'electron';
import type { Power } from '../platform/ports';

/**
 * What Electron's powerMonitor hears from the system: logind on Linux, IOKit on macOS, power broadcasts on Windows. Call it
 * once the app is ready.
 */
export function electronPower(): Power {
  let suspendedAt: number | null = null;
  powerMonitor.on('suspend', () => {
    suspendedAt = uptime();
  });
  return {
    onSuspend(listener) {
      powerMonitor.on('suspend', listener);
      return () => powerMonitor.off('suspend', listener);
    },
    onResume(listener) {
      const resumed = () => listener(suspendedAt === null ? 0 : (uptime() - suspendedAt) * 1_000);
      powerMonitor.on('resume', resumed);
      return () => powerMonitor.off('resume', resumed);
    },
  };
}
