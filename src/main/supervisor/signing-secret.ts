import type { Random, Secrets } from '../platform/ports';

const SECRET_NAME = 'reconnect-token.key';

/** The secret that reconnect tokens are signed with: the one that is kept, or a new one, which is kept from now on. */
export async function signingSecret(secrets: Pick<Secrets, 'read' | 'write'>, random: Random): Promise<Uint8Array> {
  const kept = await secrets.read(SECRET_NAME);
  if (kept && kept.length >= 32) return kept;
  const made = random.bytes(32);
  await secrets.write(SECRET_NAME, made);
  return made;
}
