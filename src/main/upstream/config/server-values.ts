import { z } from 'zod';
import type { Secrets } from '../../platform/ports';

const NAME = 'server-values.json';

const valuesSchema = z.object({
  env: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  /** Secrets of the login. What was stored before there were any has none. */
  oauth: z.record(z.string(), z.string()).default({}),
});
const blobSchema = z.record(z.string(), valuesSchema);

/** Secret values of one server, by the name of the variable, the header or the field of the login. */
export type StoredValues = z.infer<typeof valuesSchema>;
type AllValues = Readonly<Record<string, StoredValues>>;

export const NO_VALUES: StoredValues = { env: {}, headers: {}, oauth: {} };

/** Values of variables and headers, and secrets of logins, that were entered or imported. The secrets port holds all of them as one secret. */
export class ServerValues {
  private readonly secrets: Secrets;
  private readonly onDamage: () => void;
  private all: AllValues = {};
  /** One after another: a change must know all that is stored. */
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(secrets: Secrets, onDamage: () => void) {
    this.secrets = secrets;
    this.onDamage = onDamage;
  }

  /** @param onDamage - called when the stored values make no sense; they are set aside, and there are no values */
  static async open(secrets: Secrets, onDamage: () => void): Promise<ServerValues> {
    const values = new ServerValues(secrets, onDamage);
    await values.reload();
    return values;
  }

  /** Whether some stored values may be missing here, because they cannot be read now. */
  get isLocked(): boolean {
    return this.secrets.problem !== null;
  }

  /** Reads again what could not be read before. */
  reload(): Promise<void> {
    return this.inTurn(async () => {
      const bytes = await this.secrets.read(NAME);
      try {
        this.all = bytes === null ? {} : blobSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
      } catch {
        this.onDamage();
        await this.secrets.write(`${NAME}.damaged`, bytes ?? new Uint8Array());
        this.all = {};
      }
    });
  }

  of(server: string): StoredValues {
    return Object.hasOwn(this.all, server) ? (this.all[server] as StoredValues) : NO_VALUES;
  }

  /** Stores the values of these servers; null removes a server's values. On failure nothing changes. */
  async put(changes: ReadonlyMap<string, StoredValues | null>): Promise<void> {
    if (changes.size > 0) await this.inTurn(() => this.store(changes));
  }

  /** Forgets the values of all other servers. */
  async keepOnly(servers: ReadonlySet<string>): Promise<void> {
    const gone = Object.keys(this.all).filter((server) => !servers.has(server));
    await this.put(new Map(gone.map((server) => [server, null])));
  }

  private async store(changes: ReadonlyMap<string, StoredValues | null>): Promise<void> {
    const next: Record<string, StoredValues> = { ...this.all };
    for (const [server, values] of changes) {
      const isEmpty =
        values === null || Object.keys({ ...values.env, ...values.headers, ...values.oauth }).length === 0;
      if (isEmpty) delete next[server];
      else next[server] = values;
    }
    if (JSON.stringify(next) === JSON.stringify(this.all)) return;
    await this.secrets.write(NAME, Buffer.from(JSON.stringify(next)));
    this.all = next;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}
