import { z } from 'zod';

const SETTING = 'trusted_servers';
const PARTS_SETTING = 'confirmed_parts';
/** Commands remembered per server, so that people can go back to an earlier one. */
const MOST = 20;

const trustSchema = z.record(z.string(), z.array(z.string()));
const partsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Digests of the parts of a confirmed entry, by the part's name. */
export type ConfirmedParts = Readonly<Record<string, string>>;

/** Where confirmations are stored. */
export interface TrustSettings {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
}

/** The commands that a person has confirmed, as fingerprints by server name. */
export class TrustedCommands {
  private readonly settings: TrustSettings;
  private readonly trustAll: boolean;
  private all: Readonly<Record<string, readonly string[]>> = {};
  private parts: Readonly<Record<string, ConfirmedParts>> = {};

  /** @param trustAll - whoever started Holdfast vouches for the whole file */
  constructor(settings: TrustSettings, trustAll: boolean) {
    this.settings = settings;
    this.trustAll = trustAll;
    this.reload();
  }

  /** Reads what is stored. Call it after a transaction with {@link set} has ended, one way or the other. */
  reload(): void {
    this.all = trustSchema.safeParse(this.settings.get(SETTING)).data ?? {};
    this.parts = partsSchema.safeParse(this.settings.get(PARTS_SETTING)).data ?? {};
  }

  has(server: string, fingerprint: string): boolean {
    return this.trustAll || this.of(server).includes(fingerprint);
  }

  of(server: string): readonly string[] {
    return (Object.hasOwn(this.all, server) && this.all[server]) || [];
  }

  /** The parts that differ from what was last confirmed for this server; none when nothing ever was. */
  changedSince(server: string, now: ConfirmedParts): readonly string[] {
    const before = Object.hasOwn(this.parts, server) ? this.parts[server] : undefined;
    if (before === undefined) return [];
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((part) => before[part] !== now[part]);
  }

  /**
   * Stores the remembered commands of each server in place of the old ones. An empty list forgets the server.
   * @param confirmed - the parts of what was confirmed just now, by server
   */
  set(changes: ReadonlyMap<string, readonly string[]>, confirmed: ReadonlyMap<string, ConfirmedParts>): void {
    if (changes.size === 0) return;
    const all = { ...this.all };
    const parts = { ...this.parts, ...Object.fromEntries(confirmed) };
    for (const [server, fingerprints] of changes) {
      if (fingerprints.length === 0) {
        delete all[server];
        delete parts[server];
      } else all[server] = [...new Set(fingerprints)].slice(-MOST);
    }
    this.settings.set(SETTING, all);
    this.settings.set(PARTS_SETTING, parts);
  }
}
