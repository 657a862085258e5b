import type { OAuthDiscoveryState } from '@modelcontextprotocol/client';
import { said } from '../../../shared/messages/said';
import { isLoopbackHost } from '../../../shared/model/loopback';
import { RequestFailed } from '../../http-client/failures';
import { LoginImpossible } from './login-failures';
import type { LoginSettings } from './login-settings';
import { allowedAddress, type OAuthFetch } from './oauth-fetch';

/** What a server said when it refused a request for want of a login (RFC 6750 section 3, RFC 9728 section 5.1). */
export interface Challenge {
  readonly status: number;
  /** Whether it names a scheme of bearer tokens. */
  readonly isBearer: boolean;
  readonly resourceMetadataUrl: string | null;
  readonly scope: string | null;
  readonly error: string | null;
}

/** The challenge in a response with this status and `WWW-Authenticate` header. */
export function challengeOf(status: number, header: string | undefined): Challenge {
  const said = header ?? '';
  const field = (name: string): string | null => {
    const match = new RegExp(`(?:^|[\\s,])${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(said);
    return match?.[1] ?? match?.[2] ?? null;
  };
  return {
    status,
    isBearer: /(?:^|,)\s*(?:bearer|dpop)(?=\s|,|$)/i.test(said),
    resourceMetadataUrl: field('resource_metadata'),
    scope: field('scope') || null,
    error: field('error'),
  };
}

/** Whether a response may be a matter of the login: 401, or 403 for want of a scope (RFC 6750 section 3.1). */
export const isOfLogin = ({ status, error }: Challenge): boolean =>
  status === 401 || (status === 403 && error === 'insufficient_scope');

export interface DiscoverOptions {
  /** Address of the MCP server. */
  readonly url: string;
  readonly settings: LoginSettings;
  readonly challenge: Challenge | null;
  readonly fetch: OAuthFetch;
}

/**
 * Finds out where one logs in to a server (MCP, authorization server discovery): its protected resource metadata, by the
 * challenge first, then at the well-known addresses; then the metadata of its authorization server. Null if it has none.
 * @throws RequestFailed when something could not be reached, and may be later; or when an address is not allowed
 * @throws LoginImpossible when what was found cannot be used
 */
export async function discoverLogin(options: DiscoverOptions): Promise<OAuthDiscoveryState | null> {
  const { url, settings, fetch } = options;
  const { discoverAuthorizationServerMetadata, checkResourceAllowed } = await import('@modelcontextprotocol/client');
  const { resourceMetadata, resourceMetadataUrl } = await resourceMetadataOf(options);
  const { resource } = resourceMetadata ?? {};
  const isOwn = resource === undefined || settings.resource !== null || isWithin(url, resource, checkResourceAllowed);
  if (!isOwn) {
    throw new LoginImpossible(said('said.login.other_resource', { resource }));
  }
  const named = settings.authorizationServer ?? resourceMetadata?.authorization_servers?.[0];
  const authorizationServerUrl = named ?? new URL('/', url).href;
  const isGuess = named === undefined && resourceMetadataUrl === null;
  const metadata = await problemsAsSentences(authorizationServerUrl, () =>
    discoverAuthorizationServerMetadata(authorizationServerUrl, {
      fetchFn: fetch,
      skipIssuerValidation: settings.acceptsOtherIssuer,
    }).catch((error: unknown) => {
      // Many sites answer every address with a page. Nobody has said that there is anything else here.
      if (isGuess && error instanceof SyntaxError) return undefined;
      throw error;
    }),
  );
  if (metadata === undefined) {
    if (isGuess) return null;
    throw new LoginImpossible(said('said.login.no_metadata', { host: hostOf(authorizationServerUrl) }));
  }
  if (settings.who === 'person' && !metadata.code_challenge_methods_supported?.includes('S256')) {
    throw new LoginImpossible(said('said.login.no_pkce', { host: hostOf(metadata.issuer) }));
  }
  // What is fetched is looked at when it is fetched; this one is opened in a browser, which opens everything.
  const addresses = [...(settings.who === 'person' ? [metadata.authorization_endpoint] : []), metadata.token_endpoint];
  for (const address of addresses) allowedAddress(address, mayBeHere(url, settings));
  return {
    authorizationServerUrl,
    authorizationServerMetadata: metadata,
    ...(resourceMetadata === undefined ? {} : { resourceMetadata }),
    ...(resourceMetadataUrl === null ? {} : { resourceMetadataUrl }),
  };
}

async function resourceMetadataOf({ url, challenge, fetch }: DiscoverOptions) {
  const { discoverOAuthProtectedResourceMetadata } = await import('@modelcontextprotocol/client');
  const resourceMetadataUrl = challenge?.resourceMetadataUrl ?? null;
  const found = async (at: string | null) =>
    discoverOAuthProtectedResourceMetadata(url, at === null ? {} : { resourceMetadataUrl: at }, fetch);
  if (resourceMetadataUrl !== null) {
    try {
      const resourceMetadata = await problemsAsSentences(resourceMetadataUrl, () => found(resourceMetadataUrl));
      return { resourceMetadata, resourceMetadataUrl };
    } catch (error) {
      // It may be what the server named long ago.
      const resourceMetadata = error instanceof LoginImpossible ? await found(null).catch(() => null) : null;
      if (resourceMetadata === null) throw error;
      return { resourceMetadata, resourceMetadataUrl: null };
    }
  }
  try {
    return { resourceMetadata: await found(null), resourceMetadataUrl };
  } catch (error) {
    const failure = failureIn(url, error);
    if (failure) throw failure;
    // Servers of 2025-03-26 have none; their own address is that of the authorization server.
    return { resourceMetadata: undefined, resourceMetadataUrl };
  }
}

/** Failures of the network stay what they are; anything else that the SDK throws becomes a sentence. */
async function problemsAsSentences<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = failureIn(address, error);
    if (failure || error instanceof LoginImpossible) throw failure ?? error;
    const what =
      (error as Error).name === 'IssuerMismatchError'
        ? said('said.login.other_issuer', { host: hostOf(address) })
        : said('said.login.bad_metadata', { host: hostOf(address) });
    throw new LoginImpossible(what, { cause: error });
  }
}

/** The failure behind an error, if it may pass: of the network, or of a server in trouble. */
function failureIn(address: string, error: unknown): RequestFailed | null {
  if (error instanceof RequestFailed) return error;
  const status = /\bHTTP (5\d\d)\b/.exec((error as Error).message)?.[1];
  const how = { taken: true, passing: true };
  return status ? new RequestFailed(said('said.login.answered', { host: hostOf(address), status }), how) : null;
}

function isWithin(
  url: string,
  resource: string,
  check: (of: { requestedResource: string; configuredResource: string }) => boolean,
) {
  if (!URL.canParse(resource)) return false;
  const requested = new URL(url);
  requested.hash = '';
  return check({ requestedResource: requested.href, configuredResource: resource });
}

/** Whether a login of the server may lead to this machine: only if the server is on it, or if its entry says so. */
export const mayBeHere = (url: string, { authorizationServer }: Pick<LoginSettings, 'authorizationServer'>): boolean =>
  [url, authorizationServer ?? ''].some((one) => URL.canParse(one) && isLoopbackHost(new URL(one).hostname));

/** The host of an address for a sentence; the text itself if it is none. */
export const hostOf = (address: string): string =>
  URL.canParse(address) ? new URL(address).host : address.slice(0, 200);
