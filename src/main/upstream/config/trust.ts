import { z } from 'zod';

const SETTING = 'trusted_servers';
/** Commands of one server that are remembered, so that a person may go back to one. */
const MOST = 20;

const trustSchema = z.record(z.string(), z.array(z.string()));

/** Where confirmations are kept. */
export interface TrustSettings {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
}

/** Which commands a person has confirmed, as fingerprints by the name of the server. */
export class TrustedCommands {
  private readonly settings: TrustSettings;
  private readonly trustAll: boolean;

  /** @param trustAll - whoever started Holdfast trusts the whole file */
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

  /** Remembers these commands, and no others, for each server. An empty list forgets the server. */
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
