import { isSecretValue } from '../../../shared/model/secret-values';
import { longestFirst, secretsOfTarget, withParts } from '../redaction';
import { SECRET_MARK } from './file/entry';
import type { ConfiguredServer } from './resolve';
import type { StoredValues } from './server-values';

/**
 * Everything of servers that nobody else is to see: all values of variables and headers, secrets of logins, secrets among
 * arguments and in addresses. Values of fewer than eight characters are words.
 *
 * @param keptOf - the values that are kept of a server; a broken entry has no others
 */
export function valuesOfServers(
  servers: readonly ConfiguredServer[],
  keptOf: (name: string) => StoredValues,
): readonly string[] {
  const known = servers.flatMap(({ entry: { name, form }, config }) => {
    const { env, headers, oauth } = keptOf(name);
    const values = [env, headers, oauth, form.env, form.headers].flatMap((of) => Object.values(of));
    const args = config?.target.kind === 'stdio' ? config.target.args : form.args;
    const address = config?.target.kind === 'http' ? config.target.url : form.url;
    return [
      ...withParts(values.filter((value) => value !== SECRET_MARK)),
      ...(config ? secretsOfTarget(config.target) : []),
      ...secretArguments(args),
      ...(address === null ? [] : secretsOfAddress(address)),
    ];
  });
  return longestFirst(known);
}

/** Of `--api-key VALUE`, `--api-key=VALUE` and `API_KEY=VALUE` the value, and whatever looks like a secret by itself. */
function secretArguments(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    const [, name = '', value = ''] = /^-{0,2}([\w.-]+)=([\s\S]*)$/.exec(argument) ?? [];
    if (value !== '') return isSecretValue(name, value) ? [value] : [];
    const before = args[index - 1] ?? '';
    const flag = before.startsWith('-') && !argument.startsWith('-') ? before.replace(/^-+/, '') : '';
    return isSecretValue(flag, argument) ? [argument] : [];
  });
}

/** The password and all values of parameters. */
function secretsOfAddress(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { password, searchParams, search } = new URL(text);
  const raw = search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [password, decoded(password), ...searchParams.values(), ...raw];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
