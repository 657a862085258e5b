import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, pino } from 'pino';

const MAX_BYTES = 5 * 1024 * 1024;

/** Paths that may hold a secret, wherever an object is logged. */
const SECRET_PATHS = [
  'authorization',
  'key',
  'client_key',
  'admin_key',
  'token',
  'reconnect_token',
  'ticket',
  'secret',
];

/** The log: JSON lines in `holdfast.log` in the data folder, for the user's eyes only; the file before is kept as `.1`. */
export function openLog(folder: string, level: string): Logger {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'holdfast.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(file, `${file}.1`);
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]),
    },
    destination({ dest: file, mode: 0o600, sync: true }),
  );
}
