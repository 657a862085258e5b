import { said } from '../../shared/messages/said';
import type { EndpointFile } from '../platform/endpoint-file';
import type { McpClient } from './mcp-client';
import type { Monitor } from './monitor-client';

/** A check could not run because an earlier one failed. */
export class NotRun extends Error {}

export interface DoctorClient {
  readonly client_id: string;
  readonly client_key: string;
}

/** What checks leave for later ones. */
export interface Things {
  /** Set once the endpoint has answered as Holdfast. */
  readonly alive: true;
  /** Set when nothing answers at Holdfast's address. */
  readonly silent: true;
  readonly client: DoctorClient;
  /** Another client, which must not see the first one's sessions. */
  readonly stranger: DoctorClient;
  readonly mcp: McpClient;
  readonly session: string;
  readonly secondSession: string;
  /** The newest token of `session`. */
  readonly token: string;
  /** A used token of `session`. */
  readonly usedToken: string;
  /** The newest token of `secondSession`. */
  readonly secondToken: string;
  readonly monitor: Monitor;
}

/** The Holdfast being checked, and what the checks have created so far. */
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

  /**
   * The key that creates and removes clients, to be sent only to an endpoint that has proved to be Holdfast.
   * @throws NotRun when it has not
   */
  get adminKey(): string {
    this.need('alive');
    return this.key;
  }

  /** @throws NotRun when the check that creates it failed */
  need<K extends keyof Things>(name: K): Things[K] {
    const thing = this.made[name];
    if (thing === undefined) throw new NotRun(said('said.check.not_run'));
    return thing as Things[K];
  }

  keep(things: Partial<Things>): void {
    Object.assign(this.made, things);
  }

  /** Everything created so far, for tidying up. */
  get things(): Readonly<Partial<Things>> {
    return this.made;
  }

  /** Registers a secret for removal by {@link withoutSecrets}, and returns it. */
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
