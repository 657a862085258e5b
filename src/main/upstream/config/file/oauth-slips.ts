import { type SaidId, said } from '../../../../shared/messages/said';
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

/** Fields of other programs that have no counterpart here, letters only. */
const NOT_HERE: Readonly<Record<string, SaidId>> = {
  callbackport: 'said.slip.redirect',
  callbackurl: 'said.slip.redirect',
  redirectport: 'said.slip.redirect',
  redirecturi: 'said.slip.redirect',
  redirecturl: 'said.slip.redirect',
  authservermetadataurl: 'said.slip.endpoints',
  authorizationurl: 'said.slip.endpoints',
  authorizationendpoint: 'said.slip.endpoints',
  authurl: 'said.slip.endpoints',
  tokenurl: 'said.slip.endpoints',
  tokenendpoint: 'said.slip.endpoints',
  enabled: 'said.slip.enabled',
  accesstoken: 'said.slip.token',
  token: 'said.slip.token',
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
    const elsewhere = ownValue(NOT_HERE, letters);
    if (elsewhere) return [{ path, sentence: said(elsewhere, { key, address: USUAL_REDIRECT }) }];
    const same = OAUTH_FIELDS.find((name) => name.toLowerCase() === letters);
    const name = same ?? ownValue(OTHER_NAMES, letters);
    if (name === undefined || name in oauth) return [];
    const id = same === undefined ? 'said.slip.oauth_other' : 'said.slip.oauth_not_quite';
    return [{ path, sentence: said(id, { key, name }) }];
  });
}

function slipsOutside(entry: Readonly<Record<string, unknown>>): EntryProblem[] {
  return Object.entries(entry).flatMap(([key, value]): EntryProblem[] => {
    const letters = lettersOf(key);
    if (OTHER_OBJECTS.includes(letters) && isRecord(value) && !('oauth' in entry)) {
      return [{ path: [key], sentence: said('said.slip.other_program', { key, name: 'oauth' }) }];
    }
    if (!OUTSIDE.includes(letters)) return [];
    return [{ path: [key], sentence: said('said.slip.login_field', { key }) }];
  });
}
