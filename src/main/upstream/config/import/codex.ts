import { parse, TomlError } from 'smol-toml';
import { said } from '../../../../shared/messages/said';
import { escapeReferences } from '../file/expand';
import type { Json } from './json';
import type { EntryReader } from './readers';
import { understand } from './understand';

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(object(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
/** Codex gives only the variable's name; Holdfast writes that as a reference. */
const reference = (name: string): string => `\${${name}}`;

/** Codex: `[mcp_servers.<name>]` in `config.toml`. Its values are literal; separate keys refer to the environment. */
export const readCodex: EntryReader = (text, context) => {
  const servers = Object.entries(object(parseToml(text).mcp_servers));
  return {
    entries: servers.map(([name, value]) => {
      const { env, env_vars, http_headers, env_http_headers, bearer_token_env_var, enabled, ...rest } = object(value);
      const passed = (Array.isArray(env_vars) ? env_vars : []).map((it) =>
        typeof it === 'string' ? it : object(it).name,
      );
      // Codex does not pass on unset variables either.
      const isSet = (it: unknown): it is string =>
        typeof it === 'string' && typeof context.environment[it] === 'string';
      const referring = new Set<string>();
      const refer = (entries: readonly (readonly [string, string])[]) => {
        for (const [, value] of entries) referring.add(value);
        return Object.fromEntries(entries);
      };
      const fromEnvironment = refer(passed.filter(isSet).map((it) => [it, reference(it)]));
      const fromNames = refer(Object.entries(texts(env_http_headers)).map(([header, it]) => [header, reference(it)]));
      const bearer =
        typeof bearer_token_env_var === 'string'
          ? refer([['Authorization', `Bearer ${reference(bearer_token_env_var)}`]])
          : {};
      const entry = {
        ...rest,
        ...(enabled === false ? { enabled } : {}),
        env: { ...texts(env), ...fromEnvironment },
        headers: { ...texts(http_headers), ...fromNames, ...bearer },
      };
      const isTable = typeof value === 'object' && value !== null;
      const translate = (it: string) => (referring.has(it) ? it : escapeReferences(it));
      return understand({ name, value: isTable ? entry : value }, { source: 'codex', translate }, context);
    }),
    more: [],
  };
};

function parseToml(text: string): Json {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new Error(`${error.line}: ${said('said.import.toml', { reason: what ?? '' })}`);
  }
}
