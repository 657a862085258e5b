import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Crash } from '../../shared/contract/diagnostics';
import { readCrashNotes } from '../platform/crash-notes';

const MOST_SHOWN = 20;

/** Where Electron writes what it can save of a process that crashed. */
export const crashDumpFolder = (dataFolder: string): string => join(dataFolder, 'window', 'Crashpad');

/** The last crashes, the newest first: what Holdfast noted, and files that the system wrote. */
export async function lastCrashes(dataFolder: string): Promise<Crash[]> {
  const dumps = await readDumps(crashDumpFolder(dataFolder));
  return [...readCrashNotes(dataFolder), ...dumps].sort((a, b) => b.at - a.at).slice(0, MOST_SHOWN);
}

async function readDumps(folder: string): Promise<Crash[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith('.dmp')).slice(0, 200);
  const found = await Promise.all(
    files.map(async (name): Promise<Crash[]> => {
      const facts = await stat(join(folder, name)).catch(() => null);
      return facts === null ? [] : [{ at: facts.mtimeMs, kind: 'dump', what: join(folder, name) }];
    }),
  );
  return found.flat();
}
