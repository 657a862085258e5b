import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { errors, Provider } from 'oidc-provider';
import { FaultyHttp } from './faulty-http';
import { type AuthorizationServer, LOGIN_PATHS, loginEndpointOf, type TokenFacts } from './login-ports';

export interface AuthorizationServerOptions {
  /** Scopes of every protected server. */
  readonly scopes?: readonly string[];
  /** Of access tokens, in seconds. An hour when left out. */
  readonly tokenLife?: number;
  /** JWTs as in RFC 9068, which cannot be taken back one by one; opaque ones when left out. */
  readonly tokenFormat?: 'opaque' | 'jwt';
  /** Without `offline_access` when `always`. As OpenID Connect has it when left out. */
  readonly refreshTokens?: 'offline_access' | 'always' | 'never';
  /** False: clients must be known beforehand. */
  readonly registers?: boolean;
  /** Clients that are known beforehand, as metadata of RFC 7591 with a `client_id`. */
  readonly clients?: readonly Readonly<Record<string, unknown>>[];
  /** Resources that it issues tokens for; any when left out. */
  readonly resources?: readonly string[];
}

const HOUR_S = 3600;

/** What the last page of a device's login says. */
export const DEVICE_SUCCESS_TEXT = 'The device is logged in.';

/** A page of the device flow; the library has its own, and says of each that it should not be used. */
const page = (body: (form: string) => string) => (ctx: { body: string }, form: string) => {
  ctx.body = `<!doctype html>${body(form)}`;
};

/**
 * A real authorization server (oidc-provider) on a loopback port: dynamic registration, PKCE with S256 and nothing less, `iss`
 * in authorization responses (RFC 9207), resource indicators (RFC 8707), device flow, client credentials and revocation.
 * Refresh tokens rotate; one that is used again revokes its grant. Its login page takes any name, which becomes the account,
 * with any password; its consent page follows.
 */
export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const http = await FaultyHttp.start(loginEndpointOf);
  const key = signingKey();
  const settings = { tokenLife: options.tokenLife ?? HOUR_S };
  const provider = quietly(() => new Provider(http.origin, configuration(options, key, settings)));
  /** Ids of grants, and of access tokens that count and that do not count any more. */
  const grants = new Set<string>();
  const live = new Set<string>();
  let reuses = 0;
  provider.on('grant.saved', ({ jti }) => void grants.add(jti));
  for (const event of ['access_token.issued', 'access_token.saved'] as const)
    provider.on(event, ({ jti }) => void live.add(jti));
  for (const event of ['client_credentials.issued', 'client_credentials.saved'] as const) {
    provider.on(event, ({ jti }) => void live.add(jti));
  }
  provider.on('grant.error', (_, { error_detail }) => {
    if (error_detail === 'refresh token already used') reuses += 1;
  });
  provider.on('server_error', (_, error) => console.error(error));
  http.handle(provider.callback());

  const keys = createLocalJWKSet({ keys: [key.publicKey] });
  const tokenRequests = () => http.arrivals.filter(({ endpoint }) => endpoint === 'token');
  const server: AuthorizationServer = {
    origin: http.origin,
    arrivals: http.arrivals,
    get issuer() {
      return provider.issuer;
    },
    get reuses() {
      return reuses;
    },
    tokenRequests: (grantType) =>
      tokenRequests().filter(({ body }) => !grantType || new URLSearchParams(body).get('grant_type') === grantType)
        .length,
    tokenRequest: async (index) => new URLSearchParams((await http.nth('token', index)).body),
    fault: (...plan) => http.fault(...plan),
    release: () => http.release(),
    setTokenLife: (seconds) => {
      settings.tokenLife = seconds;
    },
    expireAccessTokens: () => live.clear(),
    async takeBackGrants() {
      live.clear();
      for (const id of grants) {
        await provider.RefreshToken.revokeByGrantId(id);
        await provider.AccessToken.revokeByGrantId(id);
        await provider.Grant.adapter.destroy(id);
      }
      grants.clear();
    },
    changeIssuer: (issuer) => {
      provider.issuer = issuer;
    },
    async inspect(token) {
      const found = token.includes('.') ? await fromJwt(token) : await fromStore(token);
      return found && live.has(found.id) ? found.facts : null;
    },
    close: () => http.close(),
  };
  return server;

  async function fromStore(token: string): Promise<Found | null> {
    const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
    if (!found) return null;
    const { jti, accountId = null, clientId, scope, aud, exp } = found;
    return {
      id: jti,
      facts: { account: accountId, clientId, scopes: words(scope), audience: list(aud), expiresAt: exp },
    };
  }

  async function fromJwt(token: string): Promise<Found | null> {
    const verified = await jwtVerify(token, keys, { issuer: provider.issuer, typ: 'at+jwt' }).catch(() => null);
    if (!verified) return null;
    const { jti = '', sub, client_id, scope, aud, exp = 0 } = verified.payload;
    const clientId = String(client_id);
    const account = sub === undefined || sub === clientId ? null : sub;
    const scopes = words(typeof scope === 'string' ? scope : undefined);
    return { id: jti, facts: { account, clientId, scopes, audience: list(aud), expiresAt: exp } };
  }
}

interface Found {
  readonly id: string;
  readonly facts: TokenFacts;
}

const words = (text: string | undefined): string[] => text?.split(' ').filter(Boolean) ?? [];
const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

interface SigningKey {
  readonly privateKey: JWK;
  readonly publicKey: JWK;
}

function signingKey(): SigningKey {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const common = { kid: 'test', alg: 'ES256', use: 'sig' };
  return {
    privateKey: { ...pair.privateKey.export({ format: 'jwk' }), ...common } as JWK,
    publicKey: { ...pair.publicKey.export({ format: 'jwk' }), ...common } as JWK,
  };
}

function configuration(options: AuthorizationServerOptions, key: SigningKey, settings: { readonly tokenLife: number }) {
  const { scopes = ['mcp:use', 'mcp:admin'], tokenFormat = 'opaque', refreshTokens = 'offline_access' } = options;
  const life = () => settings.tokenLife;
  const asked = ({ scopes }: { scopes: Set<string> }) => scopes.has('offline_access');
  return {
    clients: options.clients ?? [],
    jwks: { keys: [key.privateKey] },
    cookies: { keys: ['only for tests'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // A client that registers may name those of protected servers as well.
    scopes: ['openid', 'offline_access', ...scopes],
    routes: { ...LOGIN_PATHS, code_verification: '/device' },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    issueRefreshToken: (
      _: unknown,
      client: { grantTypeAllowed(type: string): boolean },
      source: { scopes: Set<string> },
    ) =>
      client.grantTypeAllowed('refresh_token') &&
      (refreshTokens === 'always' || (refreshTokens !== 'never' && asked(source))),
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    clientBasedCORS: () => false,
    ttl: {
      AccessToken: life,
      ClientCredentials: life,
      AuthorizationCode: 60,
      DeviceCode: 600,
      IdToken: HOUR_S,
      RefreshToken: 24 * HOUR_S,
      Interaction: HOUR_S,
      Session: HOUR_S,
      Grant: 24 * HOUR_S,
    },
    renderError: (ctx: { type: string; body: string }, out: Record<string, string>) => {
      ctx.type = 'text';
      ctx.body = Object.entries(out)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n');
    },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: options.registers ?? true },
      revocation: { enabled: true, allowedPolicy: () => true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: page((form) => `${form}<button type="submit" form="op.deviceInputForm">Continue</button>`),
        userCodeConfirmSource: page(
          (form) => `${form}<button type="submit" form="op.deviceConfirmForm">Continue</button>`,
        ),
        successSource: page(() => DEVICE_SUCCESS_TEXT),
      },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => false,
        getResourceServerInfo: (_: unknown, resource: string) => {
          if (options.resources?.includes(resource) === false) throw new errors.InvalidTarget();
          return {
            scope: scopes.join(' '),
            audience: resource,
            accessTokenTTL: settings.tokenLife,
            accessTokenFormat: tokenFormat,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
}

/** It warns of everything that would be wrong in production. */
function quietly<T>(work: () => T): T {
  const { warn, info } = console;
  Object.assign(console, { warn: () => {}, info: () => {} });
  try {
    return work();
  } finally {
    Object.assign(console, { warn, info });
  }
}
