import { isAbsolute } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { isLoopbackHost } from '../../../shared/model/loopback';
import { SCOPE } from '../../../shared/model/oauth-rules';
import { type LoginSettings, NO_LOGIN_SETTINGS } from '../login/login-settings';
import type { OAuthForm, OAuthTexts } from './file/oauth-entry';
import { type LoginKey, readLoginKey } from './login-key';
import type { Lookup } from './lookup';

/** What an entry says about a login, with everything looked up. What is wrong is left with `lookup`. */
export function loginSettings(form: OAuthForm, lookup: Lookup, readKey: (path: string) => string): LoginSettings {
  if (form.needed !== null) return { ...NO_LOGIN_SETTINGS, isNeeded: form.needed };
  const text = (name: keyof OAuthTexts): string | null => {
    const written = form[name];
    return written === undefined ? null : lookup.value('oauth', name, written);
  };
  const key = keyOf(form, lookup, readKey);
  return {
    isNeeded: null,
    who: form.grant === 'client_credentials' ? 'machine' : 'person',
    clientId: credential('clientId', text('clientId'), lookup),
    clientSecret: credential('clientSecret', text('clientSecret'), lookup),
    privateKey: key?.pem ?? null,
    algorithm: key?.algorithm ?? NO_LOGIN_SETTINGS.algorithm,
    scopes: scopesOf(form, lookup),
    resource: address('resource', text('resource'), lookup),
    authorizationServer: address('authorizationServer', text('authorizationServer'), lookup),
    clientMetadataUrl: address('clientMetadataUrl', text('clientMetadataUrl'), lookup),
    acceptsOtherIssuer: form.acceptsOtherIssuer,
  };
}

/** A client id or secret has printable characters only (RFC 6749 appendix A.1, A.2). */
function credential(name: string, value: string | null, lookup: Lookup): string | null {
  if (value !== null && /[^\x20-\x7e]/.test(value)) {
    lookup.wrong(['oauth', name], said('said.oauth.credential', { name }));
  }
  return value;
}

function scopesOf({ scopes }: OAuthForm, lookup: Lookup): string[] {
  // A variable may hold several.
  const all = scopes.flatMap((scope) => lookup.text(scope, ['oauth', 'scopes']).split(/\s+/)).filter(Boolean);
  const odd = all.find((scope) => !SCOPE.test(scope));
  if (odd !== undefined) {
    lookup.wrong(['oauth', 'scopes'], said('said.oauth.odd_scope'));
  }
  return all;
}

/** What is wrong with each address, so that it fails here and not in the middle of a login. */
const ADDRESS_RULES: Readonly<Record<string, { fits(url: URL, text: string): boolean; sentence: string }>> = {
  // RFC 8707 section 2; Entra ID has resources like api://id.
  resource: {
    fits: (url) => url.hash === '',
    sentence: said('said.oauth.resource'),
  },
  // RFC 8414 section 2
  authorizationServer: {
    fits: (url) => isSafe(url) && url.search === '' && url.hash === '' && url.username === '' && url.password === '',
    sentence: said('said.oauth.authorization_server'),
  },
  // draft-ietf-oauth-client-id-metadata-document section 3
  clientMetadataUrl: {
    fits: (url, text) =>
      url.protocol === 'https:' &&
      url.pathname !== '/' &&
      !/\/\.{1,2}(?:\/|$)/.test(text) &&
      url.hash === '' &&
      url.username === '' &&
      url.password === '',
    sentence: said('said.oauth.metadata_url'),
  },
};

const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));

function address(name: keyof typeof ADDRESS_RULES, value: string | null, lookup: Lookup): string | null {
  if (value === null) return null;
  const rule = ADDRESS_RULES[name];
  const url = /\s/.test(value) || !URL.canParse(value) ? null : new URL(value);
  if (rule && !(url && rule.fits(url, value))) lookup.wrong(['oauth', name], rule.sentence);
  return value;
}

function keyOf(
  { privateKey, privateKeyFile, algorithm }: OAuthForm,
  lookup: Lookup,
  readKey: (path: string) => string,
): LoginKey | null {
  const name = privateKey === undefined ? 'privateKeyFile' : 'privateKey';
  const before = lookup.problems.length;
  try {
    const text =
      privateKey === undefined
        ? textOfFile(privateKeyFile, lookup, readKey)
        : lookup.value('oauth', 'privateKey', privateKey);
    // What could not be looked up is reported already.
    return text === null || lookup.problems.length > before ? null : readLoginKey(text, algorithm ?? null);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    lookup.wrong(['oauth', name], `"${name}": ${error.message}`);
    return null;
  }
}

function textOfFile(file: string | undefined, lookup: Lookup, readKey: (path: string) => string): string | null {
  if (file === undefined) return null;
  const path = lookup.text(file, ['oauth', 'privateKeyFile']);
  if (isAbsolute(path)) return readKey(path);
  lookup.wrong(['oauth', 'privateKeyFile'], said('said.oauth.key_path'));
  return null;
}
