import { createHash } from 'node:crypto';
import type { Random } from '#src/main/platform/ports';

/** Bytes that look random but are the same in every run with the same seed. */
export function seededRandom(seed: string | number = 1): Random {
  let block = 0;
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length; filled += 32) {
        const digest = createHash('sha256').update(`${seed}:${block++}`).digest();
        bytes.set(digest.subarray(0, Math.min(32, length - filled)), filled);
      }
      return bytes;
    },
  };
}
