import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { HoldfastError } from '../../../shared/errors';

/** In bytes. The largest RSA keys have about 13 kB. */
const LARGEST = 64 * 1024;
/** The shortest RSA key that signs (RFC 7518 section 3.3), in bits. */
const SHORTEST_RSA = 2_048;
const OF_CURVE: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** A private key, and what it signs with. */
export interface LoginKey {
  /** PKCS#8 in PEM form. */
  readonly pem: string;
  readonly algorithm: string;
}

/**
 * Reads a private key in PEM form: PKCS#8, or the older forms of OpenSSL. A key out of a variable may have `\\n` in place of
 * its line breaks.
 * @param wished - the algorithm to sign with; null for the usual one of this kind of key
 * @throws HoldfastError `invalid_input` that says what is wrong and repeats nothing of the key
 */
export function readLoginKey(text: string, wished: string | null): LoginKey {
  const key = parse(text);
  const fitting = algorithmsOf(key);
  const [usual] = fitting;
  if (usual === undefined) {
    throw wrong('it is of a kind that no algorithm takes. Use RSA with 2048 bits or more, EC (P-256) or Ed25519.');
  }
  if (wished !== null && !fitting.includes(wished)) {
    throw wrong(`it cannot sign with ${wished}. Choose ${fitting.join(', ')}, or leave "algorithm" out.`);
  }
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm: wished ?? usual };
}

function parse(text: string): KeyObject {
  const pem = text.includes('\n') ? text : text.replaceAll('\\n', '\n');
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw wrong('it is locked with a password. Store it without one.');
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw wrong('it is not a private key in PEM form. It begins with "-----BEGIN PRIVATE KEY-----".');
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw wrong('it cannot be read as one. Copy it again, as a whole.');
  }
}

/** What a key can sign with, the usual algorithm first. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] {
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  if (asymmetricKeyType === 'ec') {
    const algorithm = OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ''];
    return algorithm === undefined ? [] : [algorithm];
  }
  const isLong = (asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA;
  return asymmetricKeyType === 'rsa' && isLong ? ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] : [];
}

/** The text of a file with a private key. @throws HoldfastError `invalid_input` that says what is wrong with the file */
export function readKeyFile(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw wrong('this is not a file. Write the path of one.');
    if (stat.size > LARGEST) throw wrong('the file is far too large for a key. Write the path of another one.');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(code === 'ENOENT' ? 'there is no such file. Correct the path.' : `the file cannot be read (${code}).`);
  }
}

const wrong = (sentence: string): HoldfastError => new HoldfastError('invalid_input', sentence);
