import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { LogFile } from './log-file';

/** Properties that may hold a secret. They are redacted in every logged object. */
const SECRET_PATHS = [
  'authorization',
  'key',
  'client_key',
  'admin_key',
  'token',
  'reconnect_token',
  'ticket',
  'secret',
  'client_secret',
  'clientSecret',
  'private_key',
  'privateKey',
];

/** Opens the log: JSON lines in `holdfast.log` in the data folder, the `file`. */
export function openLog(folder: string, level: string): { readonly log: Logger; readonly file: LogFile } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new LogFile(join(folder, 'holdfast.log'));
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      redact: SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]),
    },
    file,
  );
  return { log, file };
}
