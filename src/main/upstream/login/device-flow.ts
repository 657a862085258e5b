import type { OAuthDiscoveryState, StoredOAuthClientInformation } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import { authenticated } from './client-authentication';
import { LoginImpossible } from './login-failures';
import type { OAuthFetch } from './oauth-fetch';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** Where the server does not say how often it may be asked (RFC 8628 section 3.2). */
const DEFAULT_INTERVAL_S = 5;
const LONGEST_S = 1_800;

const answerSchema = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1).max(100),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  expires_in: z.number().positive(),
  interval: z.number().positive().optional(),
});

/** A login on another device: where a person goes, and the code to enter there. */
export interface DeviceLogin {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly url: string;
  readonly life: Ms;
  readonly interval: Ms;
}

/** Where a login on another device begins; null if the authorization server does not offer it. */
export function deviceEndpoint({ authorizationServerMetadata: metadata }: OAuthDiscoveryState): string | null {
  const endpoint = (metadata as { device_authorization_endpoint?: unknown } | undefined)?.device_authorization_endpoint;
  return typeof endpoint === 'string' ? endpoint : null;
}

/**
 * What to ask for: what is wanted, else all that the server names, and to stay logged in where that is offered. `auth` of
 * the SDK does the same for a login with a browser.
 */
export function scopeOf(wanted: string | null, discovery: OAuthDiscoveryState): string | null {
  const scope = wanted ?? discovery.resourceMetadata?.scopes_supported?.join(' ') ?? '';
  const offered = discovery.authorizationServerMetadata?.scopes_supported;
  const scopes = new Set(scope.split(' ').filter(Boolean));
  if (scopes.size > 0 && offered?.includes('offline_access')) scopes.add('offline_access');
  return scopes.size > 0 ? [...scopes].join(' ') : null;
}

/**
 * Asks for a login on another device (RFC 8628 section 3.1).
 * @throws LoginImpossible when the authorization server refuses it
 */
export async function beginDeviceLogin(
  endpoint: string,
  discovery: OAuthDiscoveryState,
  client: StoredOAuthClientInformation,
  asked: { readonly scope: string | null; readonly resource: string },
  fetch: OAuthFetch,
): Promise<DeviceLogin> {
  const body = new URLSearchParams({ resource: asked.resource });
  if (asked.scope !== null) body.set('scope', asked.scope);
  const headers = await authenticated(body, client, discovery);
  const answer = await fetch(endpoint, { method: 'POST', headers, body });
  const { data } = answerSchema.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !data) {
    throw new LoginImpossible(said('said.login.device_refused', { status: answer.status }));
  }
  return {
    deviceCode: data.device_code,
    userCode: data.user_code,
    url: data.verification_uri_complete ?? data.verification_uri,
    life: Math.min(data.expires_in, LONGEST_S) * SECOND,
    interval: (data.interval ?? DEFAULT_INTERVAL_S) * SECOND,
  };
}
