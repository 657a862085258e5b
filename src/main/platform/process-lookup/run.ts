import { execFile } from 'node:child_process';
import { type Ms, SECOND } from '../../../shared/model/units';

const LIMIT: Ms = 2 * SECOND;

/** What a program of the system prints; null if it fails or takes longer than two seconds. */
export const outputOf = (command: string, args: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(command, args, { timeout: LIMIT, windowsHide: true, maxBuffer: 4 * 1024 * 1024 }, (error, stdout) => {
      // `lsof` and `ps` exit with 1 when they found only some of what was asked for.
      resolve(error && stdout === '' ? null : stdout);
    });
  });
