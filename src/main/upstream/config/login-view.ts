import type { ServerOAuth } from '../../../shared/contract/server';
import { type EntryForm, SECRET_MARK } from './file/entry';
import { refersToEnvironment } from './file/expand';
import type { OAuthForm } from './file/oauth-entry';

/** The fields of a login that hold a secret, and what every interface calls them. */
const SECRETS = { clientSecret: 'client_secret', privateKey: 'private_key' } as const;

/** What an entry says about a login, as anyone may see it: names of secrets, and those that are only looked up, as written. */
export function oauthView({ oauth }: EntryForm): ServerOAuth | null {
  if (oauth === null) return null;
  const secrets = secretsOf(oauth);
  return {
    needed: oauth.needed,
    client_id: oauth.clientId ?? null,
    secret_names: secrets.map(([name]) => name),
    secret_values: Object.fromEntries(
      secrets.filter(([, written]) => written !== SECRET_MARK && refersToEnvironment(written)),
    ),
    private_key_file: oauth.privateKeyFile ?? null,
    algorithm: oauth.algorithm ?? null,
    scopes: [...oauth.scopes],
    resource: oauth.resource ?? null,
    authorization_server: oauth.authorizationServer ?? null,
    client_metadata_url: oauth.clientMetadataUrl ?? null,
    grant: oauth.grant,
    accepts_other_issuer: oauth.acceptsOtherIssuer,
  };
}

function secretsOf(oauth: OAuthForm): (readonly [ServerOAuth['secret_names'][number], string])[] {
  return (Object.keys(SECRETS) as (keyof typeof SECRETS)[]).flatMap((field) => {
    const written = oauth[field];
    return written === undefined ? [] : [[SECRETS[field], written] as const];
  });
}

/** Whether a login would send anything that the entry itself does not hold: a variable, a kept secret, a key out of a file. */
export function loginSendsUnwritten({ oauth }: EntryForm): boolean {
  if (oauth === null) return false;
  const { clientId, clientSecret, privateKey, resource, authorizationServer, clientMetadataUrl, scopes } = oauth;
  const sent = [clientId, clientSecret, privateKey, resource, authorizationServer, clientMetadataUrl, ...scopes];
  return (
    oauth.privateKeyFile !== undefined ||
    sent.some((it) => it !== undefined && (it === SECRET_MARK || refersToEnvironment(it)))
  );
}
