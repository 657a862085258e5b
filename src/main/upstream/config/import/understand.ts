import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { OAuthInput, ServerInput } from '../../../../shared/contract/server';
import { said } from '../../../../shared/messages/said';
import { PROGRAM_NAMES } from '../../../../shared/model/program-names';
import { START_SECONDS } from '../../../../shared/model/server-rules';
import { decodeText } from '../../../config-text/decode';
import { readEntry } from '../file/entry';
import type { Dialect, FoundEntry, RawEntry, ReadContext } from './found-entry';
import type { Json } from './json';
import { LOGIN_FIELDS, loginIn } from './login';
import { isPlain, notTaken } from './not-taken';
import { LIMIT_FIELDS, limitsIn, limitsRemark, type ToolLimits } from './tool-limits';

const OF_A_PROJECT = /\$\{(?:workspaceFolder|workspaceFolderBasename|workspaceRoot)\b/;
const ASKING = /\$\{(?:input|command):/;
const ANY_VALUE = 'x';
/** Names that programs have for the address of a server over HTTP. */
const ADDRESSES = ['url', 'serverUrl', 'httpUrl'];

/** Translates another program's entry for Holdfast. If it cannot be imported, the result says why. */
export function understand(raw: RawEntry, dialect: Dialect, context: ReadContext): FoundEntry {
  const { source, translate } = dialect;
  const { file, home } = context;
  const value = (typeof raw.value === 'object' && raw.value !== null ? raw.value : {}) as Json;
  const text = (it: unknown) => (typeof it === 'string' ? translate(it) : undefined);
  const command = text(value.command);
  const address = ADDRESSES.find((name) => typeof value[name] === 'string');
  const url = command === undefined && address !== undefined ? text(value[address]) : undefined;
  const project = raw.project;
  const args = Array.isArray(value.args) ? value.args.map((arg) => translate(String(arg))) : [];
  const environment = envOf(value, translate, context);
  const cwd = folderOf(text(value.cwd), project, home);
  const isOlder = (value.type ?? value.transport) === 'sse';
  const login = url === undefined ? null : loginIn(value, dialect);
  const isOff = value.disabled === true || value.enabled === false || raw.switchedOff !== undefined;
  const input: FoundEntry['input'] = {
    ...(command === undefined ? {} : { command, args, env: environment.values }),
    ...(command !== undefined && cwd !== undefined ? { cwd } : {}),
    ...(url === undefined ? {} : { url, headers: textsOf(value.headers, translate) }),
    ...(url !== undefined && isOlder ? { sse: true } : {}),
    ...(login?.input === undefined ? {} : { oauth: login.input }),
    ...startOf(value),
    ...(isOff ? { enabled: false } : {}),
  };
  const limits = raw.limits ?? limitsIn(value);
  const impossible = environment.problem ?? whyNot(value, input, raw.value);
  return {
    source,
    file,
    name: raw.name,
    input,
    limits,
    impossible,
    remark: remarkOf(raw, value, input, login?.remarks ?? [], limits, dialect),
  };
}

function whyNot(value: Json, input: FoundEntry['input'], raw: unknown): string | null {
  if (typeof value.tcp === 'string') return said('said.import.tcp');
  if (textsIn(input).some((it) => OF_A_PROJECT.test(it))) {
    return said('said.import.of_a_project');
  }
  const { command, args, cwd, url, sse, env = {}, headers = {}, oauth } = input;
  const only = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, ANY_VALUE]));
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  const type = sse === true ? 'sse' : undefined;
  const entry = { type, command, args, cwd, url, env: only(env), headers: only(headers), oauth: asEntry(oauth) };
  const [problem] = readEntry(isObject ? JSON.parse(JSON.stringify(entry)) : raw).problems;
  return problem?.sentence ?? null;
}

/** A login as it would stand in the entry, with other values for secrets. */
function asEntry(oauth: OAuthInput | undefined): unknown {
  if (oauth === undefined || typeof oauth.needed === 'boolean') return oauth?.needed;
  const { client_id, client_secret, scopes, resource, authorization_server } = oauth;
  const clientSecret = client_secret === undefined ? undefined : ANY_VALUE;
  return { clientId: client_id, clientSecret, scopes, resource, authorizationServer: authorization_server };
}

function remarkOf(
  raw: RawEntry,
  value: Json,
  input: FoundEntry['input'],
  ofLogin: readonly string[],
  limits: ToolLimits | null,
  { source }: Dialect,
): string {
  const { project, switchedOff, remark } = raw;
  const { client_id = '', client_secret } = input.oauth ?? {};
  const secrets = { 'the client id': client_id, 'the client secret': client_secret ?? '' };
  const asked = Object.entries({ ...input.env, ...input.headers, ...secrets }).flatMap(([name, it]) =>
    ASKING.test(it ?? '') ? [name] : [],
  );
  const elsewhere =
    input.url === undefined || value.url !== undefined ? undefined : ADDRESSES.find((it) => it in value);
  return [
    project === undefined ? '' : said('said.import.project', { project }),
    switchedOff ?? '',
    asked.length > 0 ? said('said.import.asked', { names: asked.join(', ') }) : '',
    elsewhere === undefined ? '' : said('said.import.elsewhere', { field: elsewhere }),
    source === 'gemini' && input.url !== undefined && value.type === undefined ? said('said.import.maybe_sse') : '',
    remark ?? '',
    ...ofLogin,
    limits === null ? '' : limitsRemark(limits, PROGRAM_NAMES[source]),
    ...notTaken(value, [
      ...(input.url === undefined ? [] : LOGIN_FIELDS),
      ...(limitsIn(value) === null ? [] : LIMIT_FIELDS),
    ]),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Codex says how long a start may take, in seconds or milliseconds. */
function startOf({ startup_timeout_sec, startup_timeout_ms }: Json): { start_seconds?: number } {
  const ms = typeof startup_timeout_ms === 'number' ? startup_timeout_ms / 1_000 : undefined;
  const seconds = typeof startup_timeout_sec === 'number' ? startup_timeout_sec : ms;
  if (seconds === undefined || !(seconds > 0)) return {};
  return { start_seconds: Math.min(Math.max(Math.ceil(seconds), START_SECONDS.least), START_SECONDS.most) };
}

const textsIn = ({ command, args, cwd, url, env, headers, oauth }: Omit<ServerInput, 'name'>): string[] =>
  [
    ...[command, ...(args ?? []), cwd, url, ...Object.values({ ...env, ...headers })],
    ...[oauth?.client_id, oauth?.client_secret, ...(oauth?.scopes ?? [])],
  ].filter((it) => typeof it === 'string');

/** Resolves a folder as the other program would: `~` is the home folder, and a relative path belongs to the project. */
function folderOf(cwd: string | undefined, project: string | undefined, home: string): string | undefined {
  if (cwd === undefined) return project;
  if (/^~(?=$|[/\\])/.test(cwd)) return join(home, cwd.slice(1));
  return project === undefined || isAbsolute(cwd) || cwd.startsWith('${') ? cwd : resolve(project, cwd);
}

/** Values as text: numbers and booleans are common. Anything else is no value. */
function textsOf(values: unknown, translate: (text: string) => string): Record<string, string> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (isPlain(value) ? [[name, translate(String(value))]] : [])),
  );
}

interface Environment {
  readonly values: Record<string, string>;
  readonly problem: string | null;
}

/** Variables of the entry, and of the file named by `envFile`, which VS Code and Cursor load. */
function envOf(value: Json, translate: (text: string) => string, { home }: ReadContext): Environment {
  const own = textsOf(value.env, translate);
  if (typeof value.envFile !== 'string') return { values: own, problem: null };
  const path = folderOf(translate(value.envFile), undefined, home) ?? '';
  if (OF_A_PROJECT.test(path) || !isAbsolute(path)) {
    return { values: own, problem: said('said.import.env_of_project') };
  }
  try {
    const loaded = parseEnv(decodeText(readFileSync(path))) as Record<string, string>;
    return { values: { ...loaded, ...own }, problem: null };
  } catch {
    return { values: own, problem: said('said.import.env_unreadable', { file: path }) };
  }
}
