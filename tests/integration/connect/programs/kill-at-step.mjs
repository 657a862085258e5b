// @ts-check
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** @type {Record<string, (...args: unknown[]) => unknown>} */
const operations = Object(fs);
/** Descriptors of files that were opened for writing. */
const written = new Set();
/** Whether an operation changes a file, or finishes that. Node itself opens and closes every module that it loads. */
const CHANGES = /** @type {Record<string, (first: unknown, second: unknown) => boolean>} */ ({
  mkdirSync: () => true,
  openSync: (_, flags) => flags !== undefined && flags !== 'r',
  writeFileSync: () => true,
  fchmodSync: () => true,
  fsyncSync: () => true,
  closeSync: (descriptor) => written.delete(descriptor),
  renameSync: () => true,
});

// Kills this process before its n-th operation that changes a file.
let left = Number(process.env.KILL_AT);
for (const [name, isChange] of Object.entries(CHANGES)) {
  const real = operations[name];
  if (!real) throw new Error(`there is no fs.${name}`);
  operations[name] = (...args) => {
    if (!isChange(args[0], args[1])) return real(...args);
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    const result = real(...args);
    if (name === 'openSync') written.add(result);
    return result;
  };
}
syncBuiltinESMExports();
