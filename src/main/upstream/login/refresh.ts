import type {
  AddClientAuthentication,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { said } from '../../../shared/messages/said';
import { RequestFailed } from '../../http-client/failures';
import type { Random } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { hostOf } from './discovery';
import type { LoginRecord } from './login-record';
import type { LoginSettings } from './login-settings';
import type { OAuthFetch } from './oauth-fetch';

/** How a refresh ended: with new tokens; without any, for good; or in a way that may pass. Reasons are sentences. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed' }
  | { readonly kind: 'over'; readonly reason: string; readonly isClientUnknown?: boolean }
  | { readonly kind: 'passing'; readonly reason: string };

export interface RefreshOptions {
  readonly tokens: StoredOAuthTokens;
  readonly discovery: OAuthDiscoveryState;
  readonly client: StoredOAuthClientInformation;
  readonly settings: LoginSettings;
  /** Address of the MCP server. */
  readonly url: string;
  readonly random: Random;
  readonly sign: AddClientAuthentication | null;
  /** A refresh that an earlier run began, and whose outcome it did not see. */
  readonly pending: LoginRecord['refresh'];
  readonly fetchFor: (id: string, key: string) => OAuthFetch;
  savePending(refresh: LoginRecord['refresh']): Promise<void>;
  saveTokens(tokens: StoredOAuthTokens): Promise<void>;
}

/** Refresh tokens that are known to be used up or taken back (RFC 6749 section 5.2). */
const OVER: ReadonlySet<string> = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client']);

/**
 * Exchanges the refresh token for new tokens (RFC 6749 section 6). The new ones are on the disk when this resolves with
 * `refreshed`. What an earlier run has asked for is not asked for again: a token that may be used once would count as
 * stolen.
 */
export async function refreshTokens(options: RefreshOptions): Promise<RefreshOutcome> {
  const { tokens, discovery, client, settings, url, random, sign, fetchFor, savePending, saveTokens } = options;
  const { refreshAuthorization } = await import('@modelcontextprotocol/client');
  const { authorizationServerMetadata: metadata, authorizationServerUrl, resourceMetadata } = discovery;
  const issuer = metadata?.issuer ?? String(authorizationServerUrl);
  // The server may have named another authorization server since: it gets nothing that came from this one.
  if (tokens.issuer !== undefined && tokens.issuer !== issuer) {
    return { kind: 'over', reason: said('said.login.moved', { host: hostOf(issuer) }) };
  }
  let pending = options.pending;
  for (let tries = 0; ; tries += 1) {
    const { id, key } = pending ?? { id: randomText(random, 12), key: randomText(random, 32) };
    if (!pending) await savePending({ id, key });
    try {
      const next = await refreshAuthorization(authorizationServerUrl, {
        ...(metadata === undefined ? {} : { metadata }),
        clientInformation: client,
        refreshToken: tokens.refresh_token ?? '',
        resource: (settings.resource ?? resourceMetadata?.resource ?? url) as unknown as URL,
        ...(sign ? { addClientAuthentication: sign } : {}),
        fetchFn: fetchFor(id, key),
      });
      await saveTokens({ ...next, issuer });
      return { kind: 'refreshed' };
    } catch (error) {
      await savePending(null);
      const host = hostOf(issuer);
      if (error instanceof RequestFailed)
        return { kind: 'passing', reason: said('said.server.unnamed', { what: error.message }) };
      const { code, name } = error as { code?: unknown; name?: unknown };
      if (name === 'InsecureTokenEndpointError') {
        return { kind: 'over', reason: said('said.login.insecure', { host }) };
      }
      if (typeof code !== 'string' || !OVER.has(code)) {
        const isPlain = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code);
        const reason = isPlain ? said('said.login.passing_code', { host, code }) : said('said.login.passing', { host });
        return { kind: 'passing', reason };
      }
      // What an earlier run began may have been used up by it; and servers behind a balancer may lag behind each other.
      if (tries === 0) {
        pending = null;
        continue;
      }
      return {
        kind: 'over',
        reason: said('said.login.ended', { host, code }),
        isClientUnknown: code !== 'invalid_grant',
      };
    }
  }
}
