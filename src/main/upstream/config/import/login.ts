import type { ImportSource, OAuthInput } from '../../../../shared/contract/server';
import { said } from '../../../../shared/messages/said';
import { scopesIn, USUAL_REDIRECT } from '../../../../shared/model/oauth-rules';
import { isRecord } from '../file/is-record';
import type { Dialect } from './found-entry';
import type { Json } from './json';

/** What another program's entry says about a login, as far as Holdfast can take it. */
export interface FoundLogin {
  /** Undefined when there is nothing to take. */
  readonly input: OAuthInput | undefined;
  /** What a person should know about it, as sentences. They quote names, never values. */
  readonly remarks: readonly string[];
}

/** Fields of an entry that {@link loginIn} reads: they stand in an object of their own, or beside it. */
export const LOGIN_FIELDS: readonly string[] = ['oauth', 'auth', 'scopes', 'oauth_resource', 'authProviderType'];

/** Names of one thing in different programs, letters only. */
const NAMES = {
  clientId: ['clientid'],
  clientSecret: ['clientsecret'],
  scopes: ['scopes', 'scope'],
  metadata: ['authservermetadataurl'],
  redirect: ['callbackport', 'callbackurl', 'redirecturi', 'redirecturl'],
  endpoints: ['authorizationurl', 'tokenurl', 'authurl'],
  enabled: ['enabled'],
} as const;
const ALL_NAMES: readonly string[] = Object.values(NAMES).flat();

const NONE: FoundLogin = { input: undefined, remarks: [] };
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/**
 * Reads the login of an entry in the forms of Claude Code (`oauth` with `clientId`, `scopes` as one text,
 * `authServerMetadataUrl`), VS Code (`oauth.clientId`), Gemini CLI (`oauth` with `clientSecret`, a list of `scopes`), Cursor
 * (`auth` with `CLIENT_ID`, `CLIENT_SECRET`, `scopes`) and Codex (`oauth.client_id`, beside it `scopes` and `oauth_resource`).
 */
export function loginIn(value: Json, { source, translate }: Dialect): FoundLogin {
  const object = [value.oauth, value.auth].find(isRecord) ?? {};
  if (!LOGIN_FIELDS.some((name) => value[name] !== undefined)) return NONE;
  const provider = value.authProviderType;
  if (typeof provider === 'string' && provider !== 'dynamic_discovery') {
    const sentence = said('said.import.google', { provider: provider.slice(0, 60) });
    return { input: undefined, remarks: [sentence] };
  }
  if (sendsAuthorization(value)) {
    return { input: undefined, remarks: [said('said.import.login_header')] };
  }
  const named = (names: readonly string[]): [string, unknown][] =>
    Object.entries(object).filter(([name]) => names.includes(lettersOf(name)));
  const textIn = (names: readonly string[]): string | undefined => {
    const [found] = named(names).flatMap(([, it]) => (typeof it === 'string' && it.trim() !== '' ? [it] : []));
    return found === undefined ? undefined : translate(found);
  };
  const [scopes = value.scopes] = named(NAMES.scopes).map(([, it]) => it);
  const metadata = textIn(NAMES.metadata);
  const issuer = metadata === undefined ? null : issuerOf(metadata);
  const resource = typeof value.oauth_resource === 'string' ? translate(value.oauth_resource) : undefined;
  const clientId = textIn(NAMES.clientId);
  const secret = clientId === undefined ? undefined : textIn(NAMES.clientSecret);
  const list = listOf(scopes).map(translate);
  const isNeeded = named(NAMES.enabled).some(([, it]) => it === true);
  const input: OAuthInput = {
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(list.length === 0 ? {} : { scopes: list }),
    ...(resource === undefined ? {} : { resource }),
    ...(issuer === null ? {} : { authorization_server: issuer }),
  };
  const isEmpty = Object.keys(input).length === 0;
  return {
    input: isEmpty ? (isNeeded ? { needed: true } : undefined) : input,
    remarks: remarksOn(value, object, { source, clientId, secret, metadata, issuer }),
  };
}

/** Programs that keep the secret of a client out of their files. */
const KEEP_SECRETS: readonly ImportSource[] = ['claude-code', 'vscode'];

interface Understood {
  readonly source: ImportSource;
  readonly clientId: string | undefined;
  readonly secret: string | undefined;
  readonly metadata: string | undefined;
  readonly issuer: string | null;
}

function remarksOn(value: Json, object: Json, understood: Understood): string[] {
  const { source, clientId, secret, metadata, issuer } = understood;
  const here = (names: readonly string[]) => Object.keys(object).filter((name) => names.includes(lettersOf(name)));
  const isOther = (name: string) => !ALL_NAMES.includes(lettersOf(name));
  const lost = [
    ...here(NAMES.redirect),
    ...Object.keys(object).filter(isOther),
    ...(clientId === undefined ? here(NAMES.clientSecret) : []),
    ...['oauth', 'auth'].filter((name) => isUnclear(value[name])),
  ];
  const endpoints = here(NAMES.endpoints);
  return [
    clientId === undefined ? '' : said('said.import.redirect', { address: USUAL_REDIRECT }),
    clientId !== undefined && secret === undefined && KEEP_SECRETS.includes(source) ? said('said.import.secret') : '',
    metadata !== undefined && issuer === null ? said('said.import.unclear_server') : '',
    endpoints.length > 0 ? said('said.import.endpoints', { names: shown(endpoints) }) : '',
    lost.length > 0 ? said('said.import.login_lost', { names: shown(lost) }) : '',
  ].filter(Boolean);
}

/** Whether a login is said by something that holds nothing to take. Some write the word `oauth`, which says no more than the address. */
const isUnclear = (login: unknown): boolean =>
  login !== undefined && !isRecord(login) && String(login).toLowerCase() !== 'oauth';

const shown = (names: readonly string[]): string =>
  names
    .slice(0, 8)
    .map((name) => name.slice(0, 60))
    .join(', ');

const sendsAuthorization = ({ headers }: Json): boolean =>
  isRecord(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

function listOf(scopes: unknown): string[] {
  if (typeof scopes === 'string') return scopesIn(scopes);
  return Array.isArray(scopes) ? scopes.filter((it) => typeof it === 'string').flatMap(scopesIn) : [];
}

/**
 * The issuer that a metadata address belongs to (RFC 8414 section 3.1, OpenID Connect Discovery section 4): the well-known
 * part stands before its path or after it. Null when the address has none.
 */
function issuerOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  const found = /^(.*)\/\.well-known\/(?:oauth-authorization-server|openid-configuration)(\/.*)?$/.exec(pathname);
  return found ? `${origin}${found[1] ?? ''}${found[2] ?? ''}` : null;
}
