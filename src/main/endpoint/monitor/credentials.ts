import { HoldfastError } from '../../../shared/errors';
import type { ClientRegistry } from '../../sessions/clients';
import type { Principal } from '../../sessions/reconnect/reconnection';
import { type Authenticator, bearerOf } from '../auth';
import { nameOf } from '../rate-limits';
import type { MonitorTokens } from './tokens';

/** Who opens the monitor, and the most they may see. */
export interface MonitorHolder {
  readonly principal: Principal;
  /** See `Caller`. */
  readonly name: string;
  /** The one session that the token is for; null for everything that the principal may see. */
  readonly sessionId: string | null;
  /** See `Caller`. */
  readonly keyHash: string | null;
}

/** Identifies the holder of a key or monitor token. */
export class MonitorCredentials {
  private readonly authenticator: Authenticator;
  private readonly tokens: MonitorTokens;
  private readonly clients: ClientRegistry;

  constructor(deps: { authenticator: Authenticator; tokens: MonitorTokens; clients: ClientRegistry }) {
    this.authenticator = deps.authenticator;
    this.tokens = deps.tokens;
    this.clients = deps.clients;
  }

  /**
   * The holder of the key in an `Authorization` header.
   * @throws HoldfastError `unauthorized`, `rate_limited`
   */
  async ofHeader(header: string): Promise<MonitorHolder> {
    const key = bearerOf(header);
    if (key === null) throw await this.authenticator.refused('malformed');
    return this.require(key);
  }

  /** @throws HoldfastError `unauthorized`, `rate_limited` */
  async require(key: string): Promise<MonitorHolder> {
    const caller = this.authenticator.identify(key);
    if (caller !== null) return { ...caller, sessionId: null };
    const holder = await this.ofToken(key);
    if (holder === null) throw await this.authenticator.refused('unknown');
    return holder;
  }

  private async ofToken(token: string): Promise<MonitorHolder | null> {
    const claims = await this.tokens.verify(token);
    if (claims === null) return null;
    const { clientId, sessionId, keyHash } = claims;
    // A token is worth no more than the key that it was issued for.
    if (keyHash !== null && this.clients.holderOf(keyHash)?.client_id !== clientId) return null;
    const principal = this.principalOf(clientId);
    return principal && { principal, name: nameOf(principal), sessionId, keyHash };
  }

  private principalOf(clientId: string | null): Principal | null {
    if (clientId === null) return { kind: 'admin' };
    try {
      return { kind: 'client', client: this.clients.get(clientId) };
    } catch (error) {
      // The client was removed after the token was issued.
      if (error instanceof HoldfastError && error.code === 'client_not_found') return null;
      throw error;
    }
  }
}
