import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** The key that manifests of {@link signedManifest} are verified with. */
export const MANIFEST_KEY = publicKey.export({ format: 'jwk' }).x ?? '';

export interface ManifestFields {
  readonly version?: unknown;
  readonly issued?: unknown;
  readonly expires?: unknown;
  readonly changes?: unknown;
}

/** Signs any text as a manifest. */
export function signedText(signed: string, key: KeyObject = privateKey): string {
  const signature = sign(null, Buffer.from(`holdfast update manifest 1\n${signed}`), key).toString('base64');
  return JSON.stringify({ signed, signature });
}

/** A manifest of version 9.0.0, good for 30 days around `now`, with other fields if they are given. */
export function signedManifest(now: number, fields: ManifestFields = {}, key: KeyObject = privateKey): string {
  const day = 24 * 3_600_000;
  const issued = new Date(now - day).toISOString();
  const expires = new Date(now + 29 * day).toISOString();
  return signedText(JSON.stringify({ version: '9.0.0', issued, expires, changes: ['One thing.'], ...fields }), key);
}

/** A key that nobody trusts. */
export const strangersKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
