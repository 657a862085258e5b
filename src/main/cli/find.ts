import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../../shared/errors';
import type { EndpointFile } from '../platform/endpoint-file';
import { advice } from '../platform/installation';
import { defaultDataFolder } from '../platform/paths';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Advice for errors when Holdfast is not running. */
export const HOW_TO_START = advice().start;

/** Data folder of Holdfast, chosen the same way as Holdfast itself chooses it. */
export const dataFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env.HOLDFAST_DATA_DIR || defaultDataFolder(env);

/**
 * Reads the `endpoint.json` of a data folder. The Holdfast that wrote it may have been killed since. Only loopback
 * addresses are accepted, as keys must not leave this machine.
 * @throws HoldfastError `unreachable` when there is no such file, `internal_error` when it is unreadable or invalid
 */
export function findRunning(folder: string): EndpointFile {
  const file = join(folder, 'endpoint.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new HoldfastError('internal_error', `${file} cannot be read: ${message}`, { cause });
    const hint = 'If its data is elsewhere, set HOLDFAST_DATA_DIR to that folder.';
    throw new HoldfastError(
      'unreachable',
      `No Holdfast is running: there is no ${file}.\n  ${HOW_TO_START}\n  ${hint}`,
      { cause },
    );
  }
  const found = parse(text);
  if (found !== null) return found;
  throw new HoldfastError(
    'internal_error',
    `${file} does not name a Holdfast of this machine. Quit Holdfast, delete the file and start again.`,
  );
}

function parse(text: string): EndpointFile | null {
  try {
    const { url, pid, version, admin_key } = JSON.parse(text) as Record<string, unknown>;
    const { protocol, hostname } = new URL(String(url));
    if (protocol !== 'http:' || !LOOPBACK.includes(hostname) || typeof admin_key !== 'string') return null;
    return { url: String(url).replace(/\/$/, ''), pid: Number(pid), version: String(version), admin_key };
  } catch {
    return null;
  }
}
