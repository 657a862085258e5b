import { z } from 'zod';

const SETTING = 'trusted_servers';
/** Commands remembered per server, so that people can go back to an earlier one. */
const MOST = 20;

const trustSchema = z.record(z.string(), z.array(z.string()));

/** Where confirmations are stored. */
export interface TrustSettings {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
}

/** The commands that a person has confirmed, as fingerprints by server name. */
export class TrustedCommands {
  private readonly settings: TrustSettings;
  private readonly trustAll: boolean;

  /** @param trustAll - whoever started Holdfast vouches for the whole file */
  constructor(settings: TrustSettings, trustAll: boolean) {
    this.settings = settings;
    this.trustAll = trustAll;
  }

  has(server: string, fingerprint: string): boolean {
    return this.trustAll || this.of(server).includes(fingerprint);
  }

  of(server: string): readonly string[] {
    const all = this.all();
    return Object.hasOwn(all, server) ? (all[server] as string[]) : [];
  }

  /** Replaces the remembered commands of each server. An empty list forgets the server. */
  set(changes: ReadonlyMap<string, readonly string[]>): void {
    if (changes.size === 0) return;
    const next = { ...this.all() };
    for (const [server, fingerprints] of changes) {
      if (fingerprints.length === 0) delete next[server];
      else next[server] = [...new Set(fingerprints)].slice(-MOST);
    }
    this.settings.set(SETTING, next);
  }

  private all(): Record<string, string[]> {
    return trustSchema.safeParse(this.settings.get(SETTING)).data ?? {};
  }
}
