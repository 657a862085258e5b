import type { Arrival, Fault } from './faulty-http';

/** What an authorization server is asked for. */
export type LoginEndpoint =
  | 'metadata'
  | 'registration'
  | 'authorization'
  | 'token'
  | 'revocation'
  | 'device_authorization';

/** Where both authorization servers have their endpoints. */
export const LOGIN_PATHS = {
  registration: '/register',
  authorization: '/authorize',
  token: '/token',
  revocation: '/revoke',
  device_authorization: '/device_authorization',
} as const;

const METADATA_PATHS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];

/** Null for pages and everything else that no client asks for by itself. */
export function loginEndpointOf(path: string): LoginEndpoint | null {
  if (METADATA_PATHS.some((one) => path === one || path.startsWith(`${one}/`))) return 'metadata';
  for (const [endpoint, own] of Object.entries(LOGIN_PATHS)) if (own === path) return endpoint as LoginEndpoint;
  return null;
}

/** What an access token stands for. */
export interface TokenFacts {
  /** Null for a login without a person (client credentials). */
  readonly account: string | null;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Tells a protected server what a token stands for. */
export interface TokenInspector {
  readonly issuer: string;
  /** Null when the token is unknown, expired or taken back. */
  inspect(token: string): Promise<TokenFacts | null>;
}

/** What tests know of an authorization server, and can do to it. */
export interface AuthorizationServer extends TokenInspector {
  /** Where it listens, whatever issuer it claims to be. */
  readonly origin: string;
  /** Every request so far. */
  readonly arrivals: readonly Arrival<LoginEndpoint>[];
  /** How often a refresh token was used again after it had been replaced. Each time its grant was revoked. */
  readonly reuses: number;
  /** How many token requests came, of one grant type or in all, harmed ones included. */
  tokenRequests(grantType?: string): number;
  /** Parameters of the token request of this number, from 0; waits until it has come, at most 10 seconds. */
  tokenRequest(index: number): Promise<URLSearchParams>;
  /** Harms the next requests of an endpoint: so many of them, or all until it is called again. Null harms no more. */
  fault(endpoint: LoginEndpoint, fault: Fault | null, times?: number): void;
  /** Lets requests go on that the fault `hold` holds. */
  release(): void;
  /** Life of access tokens that are issued from now on, in seconds. */
  setTokenLife(seconds: number): void;
  /** Access tokens issued so far count as expired at once; refresh tokens stay. */
  expireAccessTokens(): void;
  /** Every grant so far is void, with its tokens, as when a person withdraws it at the authorization server. */
  takeBackGrants(): Promise<void>;
  /** From now on metadata, `iss` and new tokens name this issuer. It listens where it did. */
  changeIssuer(issuer: string): void;
  /** Cuts every connection and listens no more. */
  close(): Promise<void>;
}
