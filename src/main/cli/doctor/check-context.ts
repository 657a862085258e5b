import type { EndpointFile } from '../../platform/endpoint-file';
import type { McpClient } from './mcp-client';
import type { Monitor } from './monitor-client';

/** A check could not be run because an earlier one failed. */
export class NotRun extends Error {}

export interface DoctorClient {
  readonly client_id: string;
  readonly client_key: string;
}

/** What one check leaves for those after it. */
export interface Things {
  /** The endpoint has answered as Holdfast. */
  readonly alive: true;
  /** Nothing answers where Holdfast should be. */
  readonly silent: true;
  readonly client: DoctorClient;
  /** Another client, to whom the first one's sessions are none of its business. */
  readonly stranger: DoctorClient;
  readonly mcp: McpClient;
  readonly session: string;
  readonly secondSession: string;
  /** The newest token of `session`. */
  readonly token: string;
  /** A token of `session` that was used already. */
  readonly usedToken: string;
  /** The newest token of `secondSession`. */
  readonly secondToken: string;
  readonly monitor: Monitor;
}

/** The running Holdfast, and what the checks have made of it so far. */
export class CheckContext {
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  private readonly made: Partial<Things> = {};
  private readonly secrets = new Set<string>();
  private readonly key: string;

  constructor({ url, version, pid, admin_key }: EndpointFile) {
    this.url = url;
    this.version = version;
    this.pid = pid;
    this.key = this.secret(admin_key);
  }

  /** The key that creates and removes clients. Only for an endpoint that has shown to be Holdfast. */
  get adminKey(): string {
    this.need('alive');
    return this.key;
  }

  /** @throws NotRun when the check that makes it failed */
  need<K extends keyof Things>(name: K): Things[K] {
    const thing = this.made[name];
    if (thing === undefined) throw new NotRun('not run, because an earlier check failed');
    return thing as Things[K];
  }

  keep(things: Partial<Things>): void {
    Object.assign(this.made, things);
  }

  /** Whatever there is, for tidying up. */
  get things(): Readonly<Partial<Things>> {
    return this.made;
  }

  /** Remembers a secret, so that it is never printed. */
  secret(text: string): string {
    this.secrets.add(text);
    return text;
  }

  withoutSecrets(text: string): string {
    let clean = text;
    for (const secret of this.secrets) clean = clean.replaceAll(secret, '(secret)');
    return clean;
  }
}
