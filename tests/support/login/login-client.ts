import { randomUUID } from 'node:crypto';
import {
  auth,
  Client,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

/** Goes through a login, from the address of the authorization server to the client's page. */
export type Visit = (url: string) => Promise<unknown>;

/** The SDK's own login with everything kept in memory: what the rig is tried with. */
export class LoginClient implements OAuthClientProvider {
  /** Address of a client id metadata document, where there is one. */
  clientMetadataUrl?: string;
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  /** Where the person was sent so far. */
  readonly visited: URL[] = [];
  private verifier = '';
  private lastState = '';
  private client: StoredOAuthClientInformation | undefined;
  private stored: StoredOAuthTokens | undefined;
  private discovered: OAuthDiscoveryState | undefined;

  constructor(redirectUrl: string, metadata: Partial<OAuthClientMetadata> = {}) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = {
      client_name: 'Login rig',
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: 'none',
      // Said aloud, or the SDK does not ask for `offline_access`.
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    };
  }

  state(): string {
    this.lastState = randomUUID();
    return this.lastState;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.client = client;
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.stored;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.stored = tokens;
  }

  redirectToAuthorization(url: URL): void {
    this.visited.push(url);
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.discovered = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovered;
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.client = undefined;
    if (scope === 'all' || scope === 'tokens') this.stored = undefined;
    if (scope === 'all' || scope === 'discovery') this.discovered = undefined;
  }

  /** Logs in: registers when it has to, has the address visited, redeems the code. `arrived` gives what came back. */
  async logIn(serverUrl: string, visit: Visit, arrived: () => Promise<URLSearchParams>, scope?: string): Promise<void> {
    const outcome = await auth(this, { serverUrl, scope, forceReauthorization: true });
    const url = this.visited.at(-1);
    if (outcome !== 'REDIRECT' || !url) throw new Error(`no login was needed: ${outcome}`);
    await visit(url.href);
    await this.finish(serverUrl, await arrived());
  }

  /** Redeems the code that came back. */
  async finish(serverUrl: string, back: URLSearchParams): Promise<void> {
    if (back.get('state') !== this.lastState) throw new Error('another state came back');
    const authorizationCode = back.get('code');
    if (authorizationCode === null) throw new Error(`no code came back: ${back.get('error')}`);
    await auth(this, { serverUrl, authorizationCode, iss: back.get('iss') ?? undefined });
  }

  /** A new access token for the refresh token. */
  async refresh(serverUrl: string): Promise<void> {
    const outcome = await auth(this, { serverUrl });
    if (outcome !== 'AUTHORIZED') throw new Error('the login cannot be refreshed');
  }

  /** A client whose requests carry the token; it logs in by itself where that needs nobody. */
  async connect(serverUrl: string, isStateless = false): Promise<Client> {
    const versionNegotiation = { mode: isStateless ? ({ pin: '2026-07-28' } as const) : ('legacy' as const) };
    const client = new Client({ name: 'login-rig', version: '1' }, { versionNegotiation });
    await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: this }));
    return client;
  }
}
