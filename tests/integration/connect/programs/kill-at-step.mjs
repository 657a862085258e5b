// @ts-check
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** @type {Record<string, (...args: unknown[]) => unknown>} */
const operations = Object(fs);
// Kills this process before its n-th operation that changes a file.
let left = Number(process.env.KILL_AT);
for (const name of ['mkdirSync', 'openSync', 'writeFileSync', 'fchmodSync', 'fsyncSync', 'closeSync', 'renameSync']) {
  const real = operations[name];
  if (!real) throw new Error(`there is no fs.${name}`);
  operations[name] = (...args) => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();
