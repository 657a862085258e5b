import { writeArguments, writeCommand } from './arguments';
import { readClaudeCommands } from './claude-add';
import { EMPTY_FIELDS, type FormFields, secretRow } from './form-model';
import { EMPTY_LOGIN, type LoginFields } from './login-model';

/** What a pasted configuration says about one server. */
export interface Pasted {
  readonly fields: FormFields;
  /** Other servers in it, which are ignored. */
  readonly others: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string' || typeof one === 'number').map(String) : [];

/**
 * Reads the block that servers' own pages tell people to paste: `{"mcpServers": {"name": {…}}}`, `{"servers": …}`,
 * `{"name": {…}}`, the entry alone, `"name": {…}` torn out of one, or a `claude mcp add` command line.
 *
 * @returns null when the text is none of these
 */
export function readPasted(text: string): Pasted | null {
  const [added, ...more] = readClaudeCommands(text).filter(({ entry }) => isEntry(entry));
  if (added) return { fields: fieldsFrom(added.name, added.entry), others: more.map(({ name }) => name) };
  const json = parse(text.trim().replace(/,$/, ''));
  if (!isObject(json)) return null;
  const inner = [json.mcpServers, json.servers, json.context_servers].find(isObject) ?? json;
  if (isEntry(inner))
    return { fields: fieldsFrom(typeof inner.name === 'string' ? inner.name : '', inner), others: [] };
  const entries = Object.entries(inner).filter(
    (entry): entry is [string, Json] => isObject(entry[1]) && isEntry(entry[1]),
  );
  const [first, ...rest] = entries;
  return first ? { fields: fieldsFrom(first[0], first[1]), others: rest.map(([name]) => name) } : null;
}

function parse(text: string): unknown {
  for (const attempt of [text, `{${text}}`]) {
    try {
      return JSON.parse(attempt);
    } catch {
      // The next form may fit.
    }
  }
  return null;
}

const isEntry = (value: Json) =>
  ['command', 'url', 'httpUrl', 'serverUrl'].some((key) => typeof value[key] === 'string');

function fieldsFrom(name: string, entry: Json): FormFields {
  const url = [entry.httpUrl, entry.serverUrl, entry.url].find((one) => typeof one === 'string');
  const rows = (value: unknown) =>
    isObject(value) ? Object.entries(value).map(([key, one]) => secretRow(key, String(one))) : [];
  return {
    ...EMPTY_FIELDS,
    name: fittingName(name),
    transport: typeof entry.command === 'string' ? 'stdio' : 'http',
    command: typeof entry.command === 'string' ? writeCommand(entry.command) : '',
    args: writeArguments(texts(entry.args)),
    cwd: typeof entry.cwd === 'string' ? entry.cwd : '',
    env: rows(entry.env),
    url: typeof url === 'string' ? url : '',
    older: (entry.type ?? entry.transport) === 'sse',
    headers: rows(entry.headers),
    login: loginFrom(entry),
  };
}

/** Programs call the object `oauth` or `auth`, and write its names in several ways. */
function loginFrom(entry: Json): LoginFields {
  const object = [entry.oauth, entry.auth].find(isObject) ?? {};
  const find = (...names: string[]) =>
    Object.entries(object).find(([key]) => names.includes(key.toLowerCase().replace(/[^a-z]/g, '')))?.[1];
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const scopes = find('scopes', 'scope') ?? entry.scopes;
  return {
    ...EMPTY_LOGIN,
    clientId: text(find('clientid')),
    clientSecret: text(find('clientsecret')),
    scopes: typeof scopes === 'string' ? scopes : texts(scopes).join(' '),
    authorizationServer: text(find('authorizationserver')),
  };
}

/** The name changed to fit the rules here: letters, digits and `-`, starting with a letter. */
export const fittingName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
    .slice(0, 40);
