import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A private key and a certificate for it, in PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority that no machine knows, made by OpenSSL in a folder of the test's own. */
export class Authority {
  /** Its certificate, in PEM. */
  readonly file: string;
  private readonly folder: string;
  private issued = 0;

  constructor(folder: string) {
    this.folder = folder;
    this.file = join(folder, 'authority.pem');
    const subject = ['-subj', '/CN=Authority of a test', '-days', '2'];
    openssl(['req', '-x509', ...NEW_KEY, '-keyout', this.path('authority.key'), '-out', this.file, ...subject]);
  }

  /** An identity for a host name or an IP address. */
  issue(host: string, kind: 'DNS' | 'IP' = 'DNS'): Identity {
    this.issued += 1;
    const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) =>
      this.path(`${this.issued}.${end}`),
    );
    if (!key || !request || !cert || !extensions) throw new Error('unreachable');
    writeFileSync(extensions, `subjectAltName=${kind}:${host}\n`);
    openssl(['req', '-new', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${host}`]);
    const ca = ['-CA', this.file, '-CAkey', this.path('authority.key'), '-CAcreateserial'];
    openssl(['x509', '-req', '-in', request, ...ca, '-days', '2', '-extfile', extensions, '-out', cert]);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

const openssl = (args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
