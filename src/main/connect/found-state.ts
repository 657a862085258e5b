import type { KeyHolder } from '../../shared/contract/client';
import type { FoundState } from '../../shared/contract/connect';
import type { Ms } from '../../shared/model/units';
import type { Examined } from './connector';

/** Whoever holds a key, as far as it matters here. */
export type Holder = Omit<KeyHolder, 'key_hash'>;

/**
 * How a client stands to Holdfast, from what its file says and when its key last came.
 * @param holder - of the key that the client has; null when nobody holds it
 * @param url - where Holdfast listens for clients
 * @param since - when the file was written, if that is known: a key that came before it proves nothing
 */
export function foundState(
  { file, problem, connected, address }: Examined,
  holder: Holder | null,
  { url, since }: { readonly url: string; readonly since: Ms },
): FoundState {
  if (file === null) return 'not_found';
  if (problem !== null) return 'unreadable';
  if (!connected) return 'not_connected';
  if (holder === null) return 'other_key';
  if (holder.ends_at !== null) return 'old_key';
  if (address !== null && address !== url) return 'other_address';
  return holder.last_used_at === null || holder.last_used_at < since ? 'waiting' : 'connected';
}
