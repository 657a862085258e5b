import type {
  AddClientAuthentication,
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { said } from '../../../shared/messages/said';
import { DEVICE_GRANT } from './device-flow';
import { LoginImpossible, OF_ANOTHER_SERVER } from './login-failures';
import type { LoginSettings } from './login-settings';
import type { OAuthFetch } from './oauth-fetch';

const CLIENT_NAME = 'Holdfast';

/** What one flow needs from the login that it belongs to. */
export interface FlowContext {
  readonly settings: LoginSettings;
  readonly redirectUri: string;
  readonly discovery: OAuthDiscoveryState | null;
  /** A registration that may be used; null to make one. */
  readonly client: StoredOAuthClientInformation | null;
  /** Stores a registration. Once this resolves, it is on the disk. */
  saveClient(client: StoredOAuthClientInformation): Promise<void>;
  /** Stores tokens. Once this resolves, they are on the disk. */
  saveTokens(tokens: StoredOAuthTokens): Promise<void>;
  /** Signs the token requests of a client with a private key; null for other clients. */
  readonly sign: AddClientAuthentication | null;
}

/** One login, from its beginning to its end, as the SDK's `auth` drives it. It keeps nothing itself but the verifier. */
export class LoginFlow implements OAuthClientProvider {
  /** Where the person has to go; null until that is known. */
  address: URL | null = null;
  readonly clientMetadataUrl?: string;
  readonly addClientAuthentication?: AddClientAuthentication;
  /** Makes the token request of a flow without an authorization code. */
  request: ((scope?: string) => URLSearchParams) | null = null;
  private readonly how: 'browser' | 'device' | 'machine';
  private readonly context: FlowContext;
  private readonly ownState: string;
  private discovered: OAuthDiscoveryState | undefined;
  private verifier: string | null = null;
  private registered: StoredOAuthClientInformation | undefined;

  constructor(context: FlowContext, state: string, how: 'browser' | 'device' = 'browser') {
    const { settings, discovery, client, sign } = context;
    this.context = context;
    this.ownState = state;
    this.discovered = discovery ?? undefined;
    this.registered = client ?? undefined;
    if (settings.clientMetadataUrl !== null) this.clientMetadataUrl = settings.clientMetadataUrl;
    if (sign) this.addClientAuthentication = sign;
    this.how = settings.who === 'machine' ? 'machine' : how;
    if (this.how === 'machine') {
      this.request = (scope) => {
        const request = new URLSearchParams({ grant_type: 'client_credentials' });
        if (scope) request.set('scope', scope);
        return request;
      };
    }
  }

  prepareTokenRequest(scope?: string): URLSearchParams | undefined {
    return this.request?.(scope);
  }

  get redirectUrl(): string | undefined {
    return this.how === 'browser' ? this.context.redirectUri : undefined;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { settings, redirectUri } = this.context;
    const scope = settings.scopes.length > 0 ? { scope: settings.scopes.join(' ') } : {};
    if (this.how === 'machine') return { client_name: CLIENT_NAME, redirect_uris: [], ...scope };
    return {
      client_name: CLIENT_NAME,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token', ...this.deviceGrant],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      ...scope,
    };
  }

  /** Asked for only where it is offered: some authorization servers refuse a registration with what they do not know. */
  private get deviceGrant(): string[] {
    const offered = this.discovered?.authorizationServerMetadata?.grant_types_supported;
    return offered?.includes(DEVICE_GRANT) ? [DEVICE_GRANT] : [];
  }

  /** The client at this authorization server, registered if it was not yet. */
  async registeredAt(discovery: OAuthDiscoveryState, fetch: OAuthFetch): Promise<StoredOAuthClientInformation> {
    const { authorizationServerMetadata: metadata, authorizationServerUrl } = discovery;
    const issuer = metadata?.issuer ?? authorizationServerUrl;
    const known = this.clientInformation({ issuer });
    if (known && (known.issuer ?? issuer) === issuer) return known;
    const { registerClient } = await import('@modelcontextprotocol/client');
    const registered = await registerClient(authorizationServerUrl, {
      ...(metadata === undefined ? {} : { metadata }),
      clientMetadata: this.clientMetadata,
      fetchFn: fetch,
    });
    const client = { ...registered, issuer };
    await this.saveClientInformation(client);
    return client;
  }

  state(): string {
    return this.ownState;
  }

  clientInformation(context?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
    const { clientId, clientSecret, authorizationServer } = this.context.settings;
    if (clientId === null) return this.registered;
    // What is pinned is sent nowhere else; the rest belongs to whom it was first used with.
    const issuer = authorizationServer ?? this.firstIssuer ?? context?.issuer;
    return {
      client_id: clientId,
      ...(clientSecret === null ? {} : { client_secret: clientSecret }),
      ...(issuer === undefined ? {} : { issuer }),
    };
  }

  /** Where the client of the entry has got tokens before; null if nowhere. */
  private get firstIssuer(): string | null {
    const { clientId } = this.context.settings;
    return this.registered?.client_id === clientId ? (this.registered?.issuer ?? null) : null;
  }

  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    const { clientId } = this.context.settings;
    // The SDK registers another one where that of the entry does not belong.
    if (clientId !== null && client.client_id !== clientId) throw new LoginImpossible(OF_ANOTHER_SERVER);
    this.registered = client;
    await this.context.saveClient(client);
  }

  /** A flow asks for new tokens; those that are there are refreshed elsewhere. */
  tokens(): undefined {
    return undefined;
  }

  async saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    const { clientId } = this.context.settings;
    const { issuer } = tokens;
    if (clientId !== null && issuer !== undefined && this.firstIssuer === null) {
      await this.saveClientInformation({ client_id: clientId, issuer });
    }
    await this.context.saveTokens(tokens);
  }

  redirectToAuthorization(address: URL): void {
    this.address = address;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    if (this.verifier === null) throw new LoginImpossible(said('said.login.not_here'));
    return this.verifier;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovered;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.discovered = state;
  }

  /** The resource that the tokens are for (RFC 8707), in the words of whoever names it: some servers compare them literally. */
  async validateResourceURL(serverUrl: string | URL, named?: string): Promise<URL | undefined> {
    const own = this.context.settings.resource ?? named ?? String(serverUrl);
    // The SDK takes a text as well, and sends it as it is; a URL would get a slash at its end.
    return own as unknown as URL;
  }
}
