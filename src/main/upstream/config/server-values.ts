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
  private all: AllValues;

  private constructor(secrets: Secrets, all: AllValues) {
    this.secrets = secrets;
    this.all = all;
  }

  /** @param onDamage - called when the stored values cannot be read; they are set aside, and there are no values */
  static async open(secrets: Secrets, onDamage: () => void): Promise<ServerValues> {
    const bytes = await secrets.read(NAME);
    if (bytes === null) return new ServerValues(secrets, {});
    try {
      return new ServerValues(secrets, blobSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))));
    } catch {
      onDamage();
      await secrets.write(`${NAME}.damaged`, bytes);
      return new ServerValues(secrets, {});
    }
  }

  of(server: string): StoredValues {
    return Object.hasOwn(this.all, server) ? (this.all[server] as StoredValues) : NO_VALUES;
  }

  /** Stores the values of these servers; null removes a server's values. On failure nothing changes. */
  async put(changes: ReadonlyMap<string, StoredValues | null>): Promise<void> {
    if (changes.size === 0) return;
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

  /** Forgets the values of all other servers. */
  async keepOnly(servers: ReadonlySet<string>): Promise<void> {
    const gone = Object.keys(this.all).filter((server) => !servers.has(server));
    await this.put(new Map(gone.map((server) => [server, null])));
  }
}
