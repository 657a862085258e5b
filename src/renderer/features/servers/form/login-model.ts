import type { OAuthInput, Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { isLoopbackHost } from '../../../../shared/model/loopback';
import { MOST_SCOPES, SCOPE, scopesIn } from '../../../../shared/model/oauth-rules';

/** The login part of the form. The secret lives in the dialog and disappears with it. */
export interface LoginFields {
  readonly clientId: string;
  /** Null keeps the stored one. */
  readonly clientSecret: string | null;
  readonly scopes: string;
  readonly authorizationServer: string;
  /** What the entry says besides; it stays. Null when it says nothing about a login. */
  readonly before: Server['oauth'];
}

export const EMPTY_LOGIN: LoginFields = {
  clientId: '',
  clientSecret: '',
  scopes: '',
  authorizationServer: '',
  before: null,
};

export const loginFieldsOf = ({ oauth }: Server): LoginFields => ({
  clientId: oauth?.client_id ?? '',
  clientSecret: oauth?.secret_names.includes('client_secret') ? null : '',
  scopes: oauth?.scopes.join(' ') ?? '',
  authorizationServer: oauth?.authorization_server ?? '',
  before: oauth,
});

const keepsKey = ({ before }: LoginFields) => before?.secret_names.includes('private_key') ?? false;
const hasKey = (login: LoginFields) => keepsKey(login) || typeof login.before?.private_key_file === 'string';

/** Whether nothing is filled in. */
export const isBlankLogin = ({ clientId, clientSecret, scopes, authorizationServer }: LoginFields): boolean =>
  clientSecret !== null && [clientId, clientSecret, scopes, authorizationServer].every((text) => text.trim() === '');

/** What the form says about the login; undefined to leave the entry as it is. */
export function readLogin(login: LoginFields): OAuthInput | undefined {
  const { before, clientSecret } = login;
  if (before === null && isBlankLogin(login)) return undefined;
  if (before !== null && before.needed !== null && isBlankLogin(login)) return { needed: before.needed };
  const clientId = login.clientId.trim();
  const scopes = scopesIn(login.scopes);
  const authorizationServer = login.authorizationServer.trim();
  return {
    ...(clientId !== '' && { client_id: clientId }),
    ...(clientSecret !== '' && { client_secret: clientSecret }),
    ...(keepsKey(login) && { private_key: null }),
    ...(scopes.length > 0 && { scopes }),
    ...(before?.resource && { resource: before.resource }),
    ...(authorizationServer !== '' && { authorization_server: authorizationServer }),
    ...(before?.grant === 'client_credentials' && { grant: before.grant }),
  };
}

/** What is wrong with each field and how to put it right; null where nothing is. */
export function loginProblems(login: LoginFields) {
  const isOfClient = login.clientSecret !== '' || hasKey(login) || login.before?.grant === 'client_credentials';
  return {
    clientId: login.clientId.trim() === '' && isOfClient ? t('server_form.problem.client_id') : null,
    clientSecret: login.clientSecret && hasKey(login) ? t('server_form.problem.client_secret') : null,
    scopes: scopesProblem(login.scopes),
    authorizationServer: issuerProblem(login.authorizationServer.trim()),
  };
}

/** References are looked up by Holdfast, so what they stand for cannot be checked here. */
const isReferring = (text: string) => text.includes('${');

function scopesProblem(text: string): string | null {
  const scopes = scopesIn(text);
  if (scopes.length > MOST_SCOPES) return t('server_form.problem.many_scopes', { most: MOST_SCOPES });
  const wrong = scopes.find((scope) => !isReferring(scope) && !SCOPE.test(scope));
  return wrong === undefined ? null : t('server_form.problem.scope', { scope: wrong });
}

function issuerProblem(text: string): string | null {
  if (text === '' || isReferring(text)) return null;
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!url || !isSafe) return t('server_form.problem.issuer');
  return url.search || url.hash || url.username || url.password ? t('server_form.problem.issuer_parts') : null;
}
