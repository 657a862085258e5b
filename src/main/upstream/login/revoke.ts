import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
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
  const { selectClientAuthMethod } = await import('@modelcontextprotocol/client');
  const metadata = discovery.authorizationServerMetadata as
    | {
        revocation_endpoint?: string;
        revocation_endpoint_auth_methods_supported?: string[];
        token_endpoint_auth_methods_supported?: string[];
      }
    | undefined;
  const endpoint = metadata?.revocation_endpoint;
  const isTheirs = tokens.issuer === undefined || tokens.issuer === discovery.authorizationServerMetadata?.issuer;
  if (endpoint === undefined || client === null || !isTheirs) return false;
  const methods =
    metadata?.revocation_endpoint_auth_methods_supported ?? metadata?.token_endpoint_auth_methods_supported;
  const how = selectClientAuthMethod(client, methods ?? []);
  // The refresh token first: with it, most servers take back the access tokens made from it.
  const kinds = [
    ['refresh_token', tokens.refresh_token],
    ['access_token', tokens.access_token],
  ] as const;
  let isRevoked = true;
  for (const [token_type_hint, token] of kinds) {
    if (token === undefined) continue;
    const body = new URLSearchParams({ token, token_type_hint });
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    const secret = client.client_secret;
    if (how === 'client_secret_basic' && secret !== undefined) {
      headers.authorization = `Basic ${Buffer.from(`${client.client_id}:${secret}`).toString('base64')}`;
    } else {
      body.set('client_id', client.client_id);
      if (how === 'client_secret_post' && secret !== undefined) body.set('client_secret', secret);
    }
    const answer = await fetch(endpoint, { method: 'POST', headers, body });
    isRevoked &&= answer.ok;
  }
  return isRevoked;
}
