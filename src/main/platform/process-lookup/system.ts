import type { ProcessLookup } from '../ports';
import { LinuxProcesses } from './linux';
import { MacProcesses } from './macos';
import { WindowsProcesses } from './windows';

const UNKNOWN: ProcessLookup = {
  ofPeer: () => Promise.resolve(null),
  of: () => Promise.resolve(null),
  ended: () => Promise.resolve([]),
};

/** The lookup for this system; on one that is not supported, nothing is known about any process. */
export function systemProcesses(platform: NodeJS.Platform = process.platform): ProcessLookup {
  if (platform === 'linux') return new LinuxProcesses();
  if (platform === 'darwin') return new MacProcesses();
  return platform === 'win32' ? new WindowsProcesses() : UNKNOWN;
}
