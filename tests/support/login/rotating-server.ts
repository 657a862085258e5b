import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Arrival, FaultyHttp, send } from './faulty-http';
import {
  type AuthorizationServer,
  LOGIN_PATHS,
  type LoginEndpoint,
  loginEndpointOf,
  type TokenFacts,
} from './login-ports';

type Json = Record<string, unknown>;

/** What the server does; a test changes it at any time. */
interface RotatingSettings {
  /** Who logs in. */
  account: string;
  /** Of access tokens, in seconds. */
  tokenLife: number;
  /** False: logins cannot be refreshed. */
  givesRefreshTokens: boolean;
  /** False: a refresh token stays the same and may be used again. */
  rotates: boolean;
  /** What is granted in place of what was asked for; null grants that. */
  grantedScope: string | null;
  /** Registered clients get a secret, which they must use. */
  givesSecrets: boolean;
  /** Makes the metadata something else. */
  metadata: (document: Json) => unknown;
  /** Changes the parameters that the browser takes back to the client. */
  redirect: (answer: URLSearchParams) => void;
  /** Changes the answer to a token request that succeeded. */
  tokens: (answer: Json) => unknown;
}

export interface RotatingServer extends AuthorizationServer {
  readonly settings: RotatingSettings;
}

interface KnownClient {
  readonly secret: string | null;
  readonly redirectUris: readonly string[];
}

/** One login: all tokens that came of it. */
interface Family {
  readonly clientId: string;
  readonly account: string | null;
  readonly scope: string;
  readonly resource: string | null;
  isVoid: boolean;
}

interface Code {
  readonly family: Family;
  readonly challenge: string;
  readonly redirectUri: string;
}

interface Access {
  readonly family: Family;
  expiresAt: number;
}

interface Refresh {
  readonly family: Family;
  isUsed: boolean;
}

const REFUSED_AT_TOKEN = 400;
const secret = () => randomBytes(24).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1000);

/** An error answer as RFC 6749 section 5.2 has it. */
class Refusal extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

/**
 * A small authorization server of our own on a loopback port. `/authorize` asks nobody and redirects at once. A refresh token is
 * good for one use: a second one voids the login with all its tokens. Token requests must name the resource that the login was
 * for, refreshes included. What it says and does can be made wrong in every part.
 */
export async function startRotatingServer(
  options: { readonly clients?: Readonly<Record<string, KnownClient>> } = {},
): Promise<RotatingServer> {
  const http = await FaultyHttp.start(loginEndpointOf);
  const settings: RotatingSettings = {
    account: 'ada',
    tokenLife: 3600,
    givesRefreshTokens: true,
    rotates: true,
    grantedScope: null,
    givesSecrets: false,
    metadata: (document) => document,
    redirect: () => {},
    tokens: (answer) => answer,
  };
  const clients = new Map(Object.entries(options.clients ?? {}));
  const families: Family[] = [];
  const codes = new Map<string, Code>();
  const access = new Map<string, Access>();
  const refresh = new Map<string, Refresh>();
  let issuer = http.origin;
  let reuses = 0;

  const endpoints: Record<LoginEndpoint, (arrival: Arrival<LoginEndpoint>, res: ServerResponse) => unknown> = {
    metadata: (_, res) => send(res, { status: 200, body: settings.metadata(metadata(http.origin, issuer)) }),
    registration: ({ body }, res) => send(res, { status: 201, body: register(JSON.parse(body)) }),
    authorization: ({ url }, res) => send(res, { status: 302, headers: { location: authorize(url.searchParams) } }),
    token: (arrival, res) =>
      send(res, { status: 200, headers: { 'cache-control': 'no-store' }, body: tokens(arrival) }),
    revocation: ({ body }, res) => {
      const token = new URLSearchParams(body).get('token') ?? '';
      const family = (refresh.get(token) ?? access.get(token))?.family;
      if (family) family.isVoid = true;
      send(res, { status: 200 });
    },
    device_authorization: (_, res) => send(res, { status: 404 }),
  };
  http.handle((_, res, arrival) => {
    try {
      if (arrival.endpoint === null) return send(res, { status: 404 });
      return endpoints[arrival.endpoint](arrival, res);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const status = error.code === 'invalid_client' ? 401 : REFUSED_AT_TOKEN;
      send(res, { status, body: { error: error.code, error_description: error.message } });
    }
  });

  function register(asked: { redirect_uris?: string[] }): Json {
    const clientId = secret();
    const known = { secret: settings.givesSecrets ? secret() : null, redirectUris: asked.redirect_uris ?? [] };
    clients.set(clientId, known);
    const more = known.secret === null ? {} : { client_secret: known.secret, client_secret_expires_at: 0 };
    return { ...asked, client_id: clientId, client_id_issued_at: seconds(), ...more };
  }

  function authorize(asked: URLSearchParams): string {
    const clientId = asked.get('client_id') ?? '';
    const redirectUri = asked.get('redirect_uri') ?? '';
    if (!clients.get(clientId)?.redirectUris.includes(redirectUri)) {
      throw new Refusal('invalid_request', 'unknown client or redirect address');
    }
    const back = new URL(redirectUri);
    if (asked.get('code_challenge_method') !== 'S256') back.searchParams.set('error', 'invalid_request');
    else {
      const family = open(clientId, settings.account, asked);
      const code = secret();
      codes.set(code, { family, challenge: asked.get('code_challenge') ?? '', redirectUri });
      back.searchParams.set('code', code);
    }
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('iss', issuer);
    settings.redirect(back.searchParams);
    return back.href;
  }

  function open(clientId: string, account: string | null, asked: URLSearchParams): Family {
    const scope = settings.grantedScope ?? asked.get('scope') ?? '';
    const family = { clientId, account, scope, resource: asked.get('resource'), isVoid: false };
    families.push(family);
    return family;
  }

  function tokens(arrival: Arrival<LoginEndpoint>): unknown {
    const asked = new URLSearchParams(arrival.body);
    const clientId = authenticate(arrival, asked);
    const grantType = asked.get('grant_type');
    if (grantType === 'authorization_code') return issue(redeem(clientId, asked), asked);
    if (grantType === 'refresh_token') return issue(renew(clientId, asked), asked);
    if (grantType === 'client_credentials') return issue(open(clientId, null, asked), asked);
    throw new Refusal('unsupported_grant_type', String(grantType));
  }

  function authenticate({ headers }: Arrival<LoginEndpoint>, asked: URLSearchParams): string {
    const basic = headers.authorization?.match(/^Basic (.+)$/)?.[1];
    const [basicId, basicSecret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(':');
    const clientId = decodeURIComponent(basicId ?? asked.get('client_id') ?? '');
    const client = clients.get(clientId);
    const given = basicSecret === undefined ? asked.get('client_secret') : decodeURIComponent(basicSecret);
    if (!client || client.secret !== given) throw new Refusal('invalid_client', 'unknown client or wrong secret');
    return clientId;
  }

  function redeem(clientId: string, asked: URLSearchParams): Family {
    const code = codes.get(asked.get('code') ?? '');
    codes.delete(asked.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      code?.family.clientId !== clientId ||
      code.challenge !== challenge ||
      code.redirectUri !== asked.get('redirect_uri')
    ) {
      throw new Refusal('invalid_grant', 'unknown code, or not with this client, verifier or redirect address');
    }
    return code.family;
  }

  function renew(clientId: string, asked: URLSearchParams): Family {
    const token = refresh.get(asked.get('refresh_token') ?? '');
    if (token?.family.clientId !== clientId || token.family.isVoid) throw new Refusal('invalid_grant', 'no such login');
    if (token.isUsed) {
      reuses += 1;
      token.family.isVoid = true;
      throw new Refusal('invalid_grant', 'refresh token already used');
    }
    token.isUsed = settings.rotates;
    return token.family;
  }

  function issue(family: Family, asked: URLSearchParams): unknown {
    const resource = asked.get('resource');
    if (resource !== family.resource) throw new Refusal('invalid_target', `not for ${resource}`);
    const token = secret();
    access.set(token, { family, expiresAt: seconds() + settings.tokenLife });
    const answer: Json = {
      access_token: token,
      token_type: 'Bearer',
      expires_in: settings.tokenLife,
      scope: family.scope,
    };
    const isRefreshed = asked.get('grant_type') === 'refresh_token';
    if (family.account !== null && settings.givesRefreshTokens && (!isRefreshed || settings.rotates)) {
      const next = secret();
      refresh.set(next, { family, isUsed: false });
      answer.refresh_token = next;
    }
    return settings.tokens(answer);
  }

  const tokenRequests = () => http.arrivals.filter(({ endpoint }) => endpoint === 'token');
  return {
    settings,
    origin: http.origin,
    arrivals: http.arrivals,
    get issuer() {
      return issuer;
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
    setTokenLife: (life) => {
      settings.tokenLife = life;
    },
    expireAccessTokens() {
      for (const one of access.values()) one.expiresAt = 0;
    },
    async takeBackGrants() {
      for (const family of families) family.isVoid = true;
    },
    changeIssuer: (next) => {
      issuer = next;
    },
    async inspect(token): Promise<TokenFacts | null> {
      const found = access.get(token);
      if (!found || found.family.isVoid || found.expiresAt <= seconds()) return null;
      const { account, clientId, scope, resource } = found.family;
      const scopes = scope.split(' ').filter(Boolean);
      return { account, clientId, scopes, audience: resource === null ? [] : [resource], expiresAt: found.expiresAt };
    },
    close: () => http.close(),
  };
}

function metadata(origin: string, issuer: string): Json {
  return {
    issuer,
    authorization_endpoint: `${origin}${LOGIN_PATHS.authorization}`,
    token_endpoint: `${origin}${LOGIN_PATHS.token}`,
    registration_endpoint: `${origin}${LOGIN_PATHS.registration}`,
    revocation_endpoint: `${origin}${LOGIN_PATHS.revocation}`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['mcp:use', 'mcp:admin', 'offline_access'],
  };
}
