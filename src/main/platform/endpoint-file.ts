import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How other programs of this user find the running Holdfast. */
export interface EndpointFile {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** Sees all sessions. New at every start. */
  readonly admin_key: string;
}

const pathOf = (folder: string) => join(folder, 'endpoint.json');

/** Writes `endpoint.json`, readable by the user alone, whole or not at all. */
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

/** The instance of this data folder that runs now; null when there is none, or only the file of a killed one. */
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

/** What the file of this data folder says; null when there is none. */
export function readEndpointFile(folder: string): EndpointFile | null {
  try {
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as EndpointFile;
  } catch {
    return null;
  }
}
