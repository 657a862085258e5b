import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { authenticated } from './client-authentication';
import type { OAuthFetch } from './oauth-fetch';

/**
 * Tells the authorization server that the tokens are not used any more (RFC 7009).
 * @returns whether it took that for all of them; false when it does not offer it, or when they come from another one
 */
export async function revokeTokens(
  tokens: StoredOAuthTokens,
  discovery: OAuthDiscoveryState,
  client: StoredOAuthClientInformation | null,
  fetch: OAuthFetch,
): Promise<boolean> {
  const metadata = discovery.authorizationServerMetadata as { revocation_endpoint?: unknown } | undefined;
  const endpoint = metadata?.revocation_endpoint;
  const isTheirs = tokens.issuer === undefined || tokens.issuer === discovery.authorizationServerMetadata?.issuer;
  if (typeof endpoint !== 'string' || client === null || !isTheirs) return false;
  // The refresh token first: with it, most servers take back the access tokens made from it.
  const kinds = [
    ['refresh_token', tokens.refresh_token],
    ['access_token', tokens.access_token],
  ] as const;
  let isRevoked = true;
  for (const [token_type_hint, token] of kinds) {
    if (token === undefined) continue;
    const body = new URLSearchParams({ token, token_type_hint });
    const headers = await authenticated(body, client, discovery);
    isRevoked = (await fetch(endpoint, { method: 'POST', headers, body })).ok && isRevoked;
  }
  return isRevoked;
}
