import type { Random } from './ports';

/** `bytes` random bytes as base64url, for ids and keys. Gives 4 characters for every 3 bytes. */
export const randomText = (random: Random, bytes: number): string =>
  Buffer.from(random.bytes(bytes)).toString('base64url');
