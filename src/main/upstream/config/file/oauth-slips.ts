import { USUAL_REDIRECT } from '../../../../shared/model/oauth-rules';
import { ownValue } from '../../../../shared/model/own-value';
import type { EntryProblem } from './entry-problem';
import { isRecord } from './is-record';
import { OAUTH_FIELDS } from './oauth-entry';

/** Names that other programs and the specifications have for fields of `oauth`, letters only. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  scope: 'scopes',
  secret: 'clientSecret',
  key: 'privateKey',
  privatekeypem: 'privateKey',
  keyfile: 'privateKeyFile',
  privatekeypath: 'privateKeyFile',
  alg: 'algorithm',
  signingalgorithm: 'algorithm',
  tokenendpointauthsigningalg: 'algorithm',
  oauthresource: 'resource',
  issuer: 'authorizationServer',
  issuerurl: 'authorizationServer',
  authserver: 'authorizationServer',
  authorizationserverurl: 'authorizationServer',
  clientidmetadataurl: 'clientMetadataUrl',
  clientmetadatauri: 'clientMetadataUrl',
  granttype: 'grant',
};

const ENDPOINTS =
  'Holdfast finds the addresses of a login by itself. If it does not, write the "authorizationServer". Remove';
const REDIRECT = `the redirect address of Holdfast is ${USUAL_REDIRECT}. Register that one, and remove`;
/** Fields of other programs that have no counterpart here, letters only. */
const NOT_HERE: Readonly<Record<string, string>> = {
  callbackport: REDIRECT,
  callbackurl: REDIRECT,
  redirectport: REDIRECT,
  redirecturi: REDIRECT,
  redirecturl: REDIRECT,
  authservermetadataurl: ENDPOINTS,
  authorizationurl: ENDPOINTS,
  authorizationendpoint: ENDPOINTS,
  authurl: ENDPOINTS,
  tokenurl: ENDPOINTS,
  tokenendpoint: ENDPOINTS,
  enabled: 'whether a server has a login is said by "oauth": true or "oauth": false alone. Write that, or remove',
  accesstoken: 'a token that you have already is sent in a header. Write "Authorization" in "headers", and remove',
  token: 'a token that you have already is sent in a header. Write "Authorization" in "headers", and remove',
};
/** Fields of a login that stand beside `oauth`. */
const OUTSIDE = ['clientid', 'clientsecret', 'scope', 'scopes', 'oauthresource', 'oauthscopes'];
const OTHER_OBJECTS = ['auth', 'authentication', 'authorization', 'login'];

const lettersOf = (key: string): string => key.toLowerCase().replace(/[^a-z]/g, '');

/** Slips about the login of an entry: fields of other programs, and fields that stand outside of `oauth`. */
export function slipsOfLogin(entry: Readonly<Record<string, unknown>>): EntryProblem[] {
  const { oauth } = entry;
  return [...(isRecord(oauth) ? slipsInside(oauth) : []), ...('url' in entry ? slipsOutside(entry) : [])];
}

function slipsInside(oauth: Readonly<Record<string, unknown>>): EntryProblem[] {
  return Object.keys(oauth).flatMap((key): EntryProblem[] => {
    if (OAUTH_FIELDS.includes(key)) return [];
    const letters = lettersOf(key);
    const path = ['oauth', key];
    if (Object.hasOwn(NOT_HERE, letters)) return [{ path, sentence: `${NOT_HERE[letters]} "${key}".` }];
    const same = OAUTH_FIELDS.find((name) => name.toLowerCase() === letters);
    const name = same ?? ownValue(OTHER_NAMES, letters);
    if (name === undefined || name in oauth) return [];
    const what = same === undefined ? 'is what others call it' : 'is not quite the name';
    return [{ path, sentence: `"${key}" in "oauth" ${what}. Rename it to "${name}".` }];
  });
}

function slipsOutside(entry: Readonly<Record<string, unknown>>): EntryProblem[] {
  return Object.entries(entry).flatMap(([key, value]): EntryProblem[] => {
    const letters = lettersOf(key);
    if (OTHER_OBJECTS.includes(letters) && isRecord(value) && !('oauth' in entry)) {
      return [{ path: [key], sentence: `"${key}" is what another program calls it. Rename it to "oauth".` }];
    }
    if (!OUTSIDE.includes(letters)) return [];
    return [{ path: [key], sentence: `"${key}" belongs to the login. Move it into "oauth": {…}.` }];
  });
}
