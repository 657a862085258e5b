import type { ServerOAuth } from '../contract/server';

/** One thing that an entry says about a login. */
export interface OAuthFact {
  readonly name: string;
  /** As written; null for a secret, which stays hidden. */
  readonly value: string | null;
}

/** Everything that an entry says about a login, as a person reads it who confirms it. */
export function oauthFacts(oauth: ServerOAuth | null): OAuthFact[] {
  if (oauth === null) return [];
  const { needed, scopes, grant, secret_names, secret_values } = oauth;
  const secrets = secret_names.map((name) => fact(name.replace('_', ' '), secret_values[name] ?? null));
  const shown = [
    fact('login', needed === null ? null : needed ? 'always' : 'never'),
    fact('client id', oauth.client_id),
    fact('private key file', oauth.private_key_file),
    fact('algorithm', oauth.algorithm),
    fact('authorization server', oauth.authorization_server),
    fact('client metadata document', oauth.client_metadata_url),
    fact('resource', oauth.resource),
    fact('scopes', scopes.length > 0 ? scopes.join(' ') : null),
    fact('grant', grant === 'client_credentials' ? grant : null),
    fact('other issuers', oauth.accepts_other_issuer ? 'accepted' : null),
  ];
  return [...shown.filter(({ value }) => value !== null), ...secrets];
}

const fact = (name: string, value: string | null): OAuthFact => ({ name, value });
