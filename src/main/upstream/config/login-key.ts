import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { HoldfastError } from '../../../shared/errors';
import { type Sentence, said } from '../../../shared/messages/said';

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
    throw wrong(said('said.key.kind'));
  }
  if (wished !== null && !fitting.includes(wished)) {
    throw wrong(said('said.key.algorithm', { algorithm: wished, fitting: fitting.join(', ') }));
  }
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm: wished ?? usual };
}

function parse(text: string): KeyObject {
  const pem = text.includes('\n') ? text : text.replaceAll('\\n', '\n');
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw wrong(said('said.key.locked'));
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw wrong(said('said.key.not_pem'));
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw wrong(said('said.key.damaged'));
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
    if (!stat.isFile()) throw wrong(said('said.key.not_a_file'));
    if (stat.size > LARGEST) throw wrong(said('said.key.too_large'));
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(code === 'ENOENT' ? said('said.key.no_file') : said('said.key.unreadable', { code: code ?? '' }));
  }
}

const wrong = (sentence: Sentence): HoldfastError => new HoldfastError('invalid_input', sentence);
