import { createHash } from 'node:crypto';
import type { KeyHolder } from '../../../shared/contract/client';
import type { Admin } from '../admin';

/** Who holds these keys, as the running Holdfast knows; those that nobody holds are left out. */
export async function keyHolders(admin: Admin, keys: readonly string[]): Promise<KeyHolder[]> {
  const key_hashes = keys.map((key) => createHash('sha256').update(key).digest('hex'));
  const body = { key_hashes };
  return ((await admin.ask('/api/mcp/key-holders', { method: 'POST', body })) as { holders: KeyHolder[] }).holders;
}
