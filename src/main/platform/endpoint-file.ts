import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How other programs of this user find the running Holdfast. */
export interface EndpointFile {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** Gives access to all sessions. A new one is made at every start. */
  readonly admin_key: string;
}

const pathOf = (folder: string) => join(folder, 'endpoint.json');

/** Writes `endpoint.json` atomically, readable only by the user. */
export function writeEndpointFile(folder: string, content: EndpointFile): void {
  const temporary = `${pathOf(folder)}.${process.pid}`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, pathOf(folder));
}

/** Removes `endpoint.json` if it still names this process. */
export function removeEndpointFile(folder: string): void {
  if (readEndpointFile(folder)?.pid === process.pid) rmSync(pathOf(folder), { force: true });
}

/** The instance running on this data folder; null if there is none, even if a killed one left its file behind. */
export function runningInstance(folder: string): EndpointFile | null {
  const found = readEndpointFile(folder);
  if (found === null) return null;
  try {
    process.kill(found.pid, 0);
    return found;
  } catch {
    return null;
  }
}

/** The content of this data folder's `endpoint.json`; null if it is missing or cannot be read. */
export function readEndpointFile(folder: string): EndpointFile | null {
  try {
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as EndpointFile;
  } catch {
    return null;
  }
}
