import { createHash } from 'node:crypto';
import { oauthFacts } from '../../../shared/model/oauth-facts';
import { isSecretValue, shownValue } from '../../../shared/model/secret-values';
import type { LoginSettings } from '../login/login-settings';
import type { HttpTarget, StdioTarget } from '../upstream-ports';
import { type EntryForm, SECRET_MARK } from './file/entry';
import { isReference, refersToEnvironment } from './file/expand';
import { loginSendsUnwritten, oauthView } from './login-view';
import type { StoredValues } from './server-values';

const hash = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** Identifies what a process or connection was made from, values included: if it changes, the old one must be replaced. */
export const targetFingerprint = (target: StdioTarget | HttpTarget): string =>
  target.kind === 'stdio'
    ? hash(['stdio', target.command, target.args, target.cwd, sorted(target.env)])
    : hash([
        'http',
        target.url,
        sorted(target.headers),
        ...(target.sse === true ? ['sse'] : []),
        ...(target.login === undefined ? [] : [loginOf(target.login)]),
      ]);

/** A new secret of the same client ends nothing: it counts when a token is asked for next. */
const loginOf = ({ isNeeded, who, clientId, scopes, resource, authorizationServer }: LoginSettings) => ({
  login: [isNeeded, who, clientId, scopes, resource, authorizationServer],
});

/** Variables that tell a system or runtime where to find the code of a command, or code to run before it. */
const OF_CODE =
  /^(?:PATH|PATHEXT|COMSPEC|SHELL|ENV|BASH_ENV|(?:LD|DYLD)_.+|NODE_(?:OPTIONS|PATH)|PYTHON(?:PATH|HOME|STARTUP)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|CLASSPATH|_JAVA_OPTIONS|(?:JAVA_TOOL|JDK_JAVA)_OPTIONS)$/i;

/** Whether a variable is kept as a secret: never if it tells a runtime which code to run, whatever its value looks like. */
export const isKeptSecret = (variable: string, value: string): boolean =>
  !OF_CODE.test(variable) && !isReference(value) && isSecretValue(variable, value);

/** The values of variables that a person sees before confirming a command: all but secrets. */
export function shownVariables({ env }: EntryForm, stored: StoredValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, written]): [string, string][] => {
      const value = written === SECRET_MARK ? stored.env[name] : written;
      if (value === undefined) return [];
      if (OF_CODE.test(name) || isReference(value)) return [[name, value]];
      const shown = shownValue(name, value);
      return shown === null ? [] : [[name, shown]];
    }),
  );
}

/** The headers whose value is looked up in the environment, as written: `Bearer ${TOKEN}`. They hold no secret. */
export const shownHeaders = ({ headers }: EntryForm): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([, value]) => value !== SECRET_MARK && refersToEnvironment(value)),
  );

/**
 * Whether a person must confirm the entry before it is used: any command, since it runs with the user's permissions, and
 * any address that would be sent a value which the entry itself does not hold.
 */
export const needsConfirmation = (form: EntryForm): boolean =>
  form.url === null ||
  refersToEnvironment(form.url) ||
  Object.values(form.headers).some((value) => value === SECRET_MARK || refersToEnvironment(value)) ||
  loginSendsUnwritten(form);

/** What an entry says about a login, by the names under which it is shown. A secret that is not shown counts by its name. */
const confirmedLogin = (form: EntryForm): [name: string, value: string | null][] =>
  oauthFacts(oauthView(form)).map(({ name, value }) => [name, value]);

/**
 * Identifies what is shown to the person who confirms an entry: if anything differs, it needs a new confirmation. A secret
 * counts where it is written in the file, since anyone who writes there can change it; one that Holdfast keeps changes only
 * through Holdfast.
 */
export function commandFingerprint(form: EntryForm, stored: StoredValues): string {
  const { command, args, cwd, env, url, headers } = form;
  const references = sorted(shownHeaders(form));
  const login = confirmedLogin(form);
  return url === null
    ? hash(['stdio', command, args, cwd, Object.keys(env).sort(), sorted(confirmedVariables(form, stored))])
    : hash([
        'http',
        url,
        Object.keys(headers).sort(),
        ...(references.length > 0 ? [references] : []),
        ...(login.length > 0 ? [{ login }] : []),
      ]);
}

/**
 * What makes up a confirmed entry, one digest a part, so that a later look can name the parts that have changed: `command`,
 * `arguments`, `folder`, `address`, the names of variables and headers, and those of a login's settings.
 */
export function confirmedParts(form: EntryForm, stored: StoredValues): Readonly<Record<string, string>> {
  const { command, args, cwd, env, url, headers } = form;
  const values = { ...confirmedVariables(form, stored), ...shownHeaders(form) };
  const named = [...Object.keys(env), ...Object.keys(headers)].map((name) => [name, hash([values[name] ?? null])]);
  const own = url === null ? { command, arguments: args, folder: cwd } : { address: url };
  const login = confirmedLogin(form).map(([name, value]) => [name, hash([value])]);
  return Object.fromEntries([...Object.entries(own).map(([part, value]) => [part, hash([value])]), ...login, ...named]);
}

/** All values of variables that count for a confirmation. Hashed only: a secret written in the file is among them. */
function confirmedVariables(form: EntryForm, stored: StoredValues): Record<string, string> {
  const written = Object.entries(form.env).filter(([, value]) => value !== SECRET_MARK);
  return { ...shownVariables(form, stored), ...Object.fromEntries(written) };
}
