import type { OAuthDiscoveryState, StoredOAuthClientInformation } from '@modelcontextprotocol/client';

/**
 * Headers of a form that the client sends to its authorization server, with what shows who it is (RFC 6749 section 2.3);
 * a part of that may go into the form.
 */
export async function authenticated(
  form: URLSearchParams,
  client: StoredOAuthClientInformation,
  { authorizationServerMetadata: metadata }: OAuthDiscoveryState,
): Promise<Record<string, string>> {
  const { selectClientAuthMethod } = await import('@modelcontextprotocol/client');
  const how = selectClientAuthMethod(client, metadata?.token_endpoint_auth_methods_supported ?? []);
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  const { client_id, client_secret } = client;
  if (how === 'client_secret_basic' && client_secret !== undefined) {
    const said = [client_id, client_secret].map(encodeURIComponent).join(':');
    headers.authorization = `Basic ${Buffer.from(said).toString('base64')}`;
    return headers;
  }
  form.set('client_id', client_id);
  if (how === 'client_secret_post' && client_secret !== undefined) form.set('client_secret', client_secret);
  return headers;
}
