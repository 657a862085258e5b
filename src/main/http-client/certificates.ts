import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
// A named import of what an older Node lacks would not load.
import tls from 'node:tls';

/** Where distributions of Linux keep the certificates of authorities, as one file. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/ssl/cert.pem',
];
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** Most files that are read of one folder. */
const MAX_FILES = 4_096;

export interface CertificateSources {
  readonly environment: NodeJS.ProcessEnv;
  /** Is told, in a sentence, of a file that a variable names and that holds no certificates. */
  readonly onProblem: (sentence: string) => void;
  readonly platform?: NodeJS.Platform;
}

/**
 * The certificates of the authorities that servers may come with, in PEM, each once: those that Node brings along; the
 * system's, or in their place what `SSL_CERT_FILE` and `SSL_CERT_DIR` name; and the file `NODE_EXTRA_CA_CERTS`. Nothing of
 * it can be removed by a file that is missing or broken.
 *
 * The system's are known on Linux, and elsewhere if this Node can read them (22.15 or newer).
 */
export function trustedCertificates({ environment, onProblem, platform }: CertificateSources): string[] {
  const all = new Set(tls.rootCertificates.map((pem) => pem.trim()));
  const take = (pems: readonly string[]) => {
    for (const pem of pems) all.add(pem);
  };
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders, NODE_EXTRA_CA_CERTS: extra } = environment;
  const named = (variable: string, pems: readonly string[]) => {
    if (pems.length === 0) onProblem(`${variable} names no readable file with certificates in PEM`);
    take(pems);
  };
  if (file) named('SSL_CERT_FILE', inFile(file));
  if (folders) named('SSL_CERT_DIR', folders.split(delimiter).flatMap(inFolder));
  if (!file && !folders) take(ofSystem(platform ?? process.platform));
  if (extra) named('NODE_EXTRA_CA_CERTS', inFile(extra));
  return [...all];
}

function ofSystem(platform: NodeJS.Platform): string[] {
  if (platform === 'linux') {
    for (const bundle of BUNDLES) {
      const pems = inFile(bundle);
      if (pems.length > 0) return pems;
    }
    return [];
  }
  const read: ((kind: 'system') => string[]) | undefined = tls.getCACertificates;
  try {
    return read?.('system').map((pem) => pem.trim()) ?? [];
  } catch {
    return [];
  }
}

function inFile(path: string): string[] {
  try {
    const stats = statSync(path);
    return !stats.isFile() || stats.size > MAX_FILE_BYTES
      ? []
      : (readFileSync(path, 'latin1').match(CERTIFICATE) ?? []);
  } catch {
    return [];
  }
}

function inFolder(path: string): string[] {
  try {
    const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return files.slice(0, MAX_FILES).flatMap(({ name }) => inFile(join(path, name)));
  } catch {
    return [];
  }
}
