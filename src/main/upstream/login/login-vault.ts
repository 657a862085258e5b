import { z } from 'zod';
import type { Secrets } from '../../platform/ports';
import { type LoginRecord, loginRecordSchema } from './login-record';

const NAME = 'logins.json';
const allSchema = z.record(z.string(), loginRecordSchema);

/** The logins of all servers, by name. The secrets port holds them as one secret. */
export class LoginVault {
  private readonly secrets: Secrets;
  private readonly onDamage: () => void;
  private all: Readonly<Record<string, LoginRecord>> = {};
  private written: Readonly<Record<string, LoginRecord>> = {};
  private writing: Promise<void> | null = null;

  private constructor(secrets: Secrets, onDamage: () => void) {
    this.secrets = secrets;
    this.onDamage = onDamage;
  }

  /** @param onDamage - called when the stored logins make no sense; they are set aside, and there are none */
  static async open(secrets: Secrets, onDamage: () => void): Promise<LoginVault> {
    const vault = new LoginVault(secrets, onDamage);
    await vault.reload();
    return vault;
  }

  /** Reads again what could not be read before. What was changed meanwhile stays changed. */
  async reload(): Promise<void> {
    const bytes = await this.secrets.read(NAME);
    const changed = Object.entries(this.all).filter(([server, record]) => this.written[server] !== record);
    const stored = bytes === null ? {} : await this.parsed(bytes);
    this.written = stored;
    this.all = changed.length === 0 ? stored : { ...stored, ...Object.fromEntries(changed) };
    await this.flush();
  }

  of(server: string): LoginRecord | null {
    return Object.hasOwn(this.all, server) ? (this.all[server] ?? null) : null;
  }

  /**
   * Stores the login of a server; null forgets it. Once this resolves, it is on the disk.
   * @throws what the secrets port throws; the next write tries again
   */
  async put(server: string, record: LoginRecord | null): Promise<void> {
    const { [server]: _, ...others } = this.all;
    this.all = record === null ? others : { ...others, [server]: record };
    await this.flush();
  }

  /** Gives the login of a server to the one that it is called now. */
  async rename(from: string, to: string): Promise<void> {
    const record = this.of(from);
    if (record === null) return;
    const { [from]: _, ...others } = this.all;
    this.all = { ...others, [to]: record };
    await this.flush();
  }

  /** Forgets the logins of all other servers. */
  async keepOnly(servers: ReadonlySet<string>): Promise<void> {
    const kept = Object.entries(this.all).filter(([server]) => servers.has(server));
    if (kept.length === Object.keys(this.all).length) return;
    this.all = Object.fromEntries(kept);
    await this.flush();
  }

  private async parsed(bytes: Uint8Array): Promise<Readonly<Record<string, LoginRecord>>> {
    try {
      return allSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch {
      this.onDamage();
      await this.secrets.write(`${NAME}.damaged`, bytes);
      return {};
    }
  }

  /** Changes that come while another one is written are written together. */
  private async flush(): Promise<void> {
    while (this.writing) await this.writing.catch(() => {});
    if (this.written === this.all) return;
    const next = this.all;
    this.writing = this.secrets.write(NAME, Buffer.from(JSON.stringify(next)));
    try {
      await this.writing;
      this.written = next;
    } finally {
      this.writing = null;
    }
  }
}
