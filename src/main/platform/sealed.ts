import { createHash } from 'node:crypto';
import { said } from '../../shared/messages/said';

/** First line of an encrypted secret's file. The number says how the rest is made. */
const HEADER = Buffer.from('holdfast-sealed-1\n');
const DIGEST_BYTES = 32;

const digestOf = (name: string, value: Uint8Array): Buffer =>
  createHash('sha256').update(name).update('\0').update(value).digest();

/**
 * What is encrypted for a secret: a digest, then the value. The cipher of some systems cannot tell a wrong key from the
 * right one, so what comes out of it must be recognizable.
 */
export const wrapped = (name: string, value: Uint8Array): Uint8Array => Buffer.concat([digestOf(name, value), value]);

/** @throws Error when this was not wrapped under this name, or has been damaged since */
export function unwrapped(name: string, bytes: Uint8Array): Uint8Array {
  const value = bytes.subarray(DIGEST_BYTES);
  if (!digestOf(name, value).equals(bytes.subarray(0, DIGEST_BYTES))) {
    throw new Error(said('said.secrets.wrong_key'));
  }
  return value;
}

/** The content of the file that holds an encrypted secret. */
export const fileOf = (encrypted: Uint8Array): Uint8Array => Buffer.concat([HEADER, encrypted]);

/** @throws Error when the file holds anything else, or less */
export function encryptedIn(file: Uint8Array): Uint8Array {
  if (file.length <= HEADER.length || !HEADER.equals(file.subarray(0, HEADER.length))) {
    throw new Error(said('said.secrets.newer'));
  }
  return file.subarray(HEADER.length);
}
