import type {
  AddClientAuthentication,
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { LoginImpossible, OF_ANOTHER_SERVER } from './login-failures';
import type { LoginSettings } from './login-settings';

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
  readonly prepareTokenRequest?: (scope?: string) => URLSearchParams;
  private readonly context: FlowContext;
  private readonly ownState: string;
  private discovered: OAuthDiscoveryState | undefined;
  private verifier: string | null = null;
  private registered: StoredOAuthClientInformation | undefined;

  constructor(context: FlowContext, state: string) {
    const { settings, discovery, client, sign } = context;
    this.context = context;
    this.ownState = state;
    this.discovered = discovery ?? undefined;
    this.registered = client ?? undefined;
    if (settings.clientMetadataUrl !== null) this.clientMetadataUrl = settings.clientMetadataUrl;
    if (sign) this.addClientAuthentication = sign;
    if (settings.who === 'machine') {
      this.prepareTokenRequest = (scope) => {
        const request = new URLSearchParams({ grant_type: 'client_credentials' });
        if (scope) request.set('scope', scope);
        return request;
      };
    }
  }

  get redirectUrl(): string | undefined {
    return this.context.settings.who === 'machine' ? undefined : this.context.redirectUri;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { settings, redirectUri } = this.context;
    const scope = settings.scopes.length > 0 ? { scope: settings.scopes.join(' ') } : {};
    if (settings.who === 'machine') return { client_name: CLIENT_NAME, redirect_uris: [], ...scope };
    return {
      client_name: CLIENT_NAME,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      ...scope,
    };
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
    if (this.verifier === null) throw new LoginImpossible('This login was not begun here. Start it again.');
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
