import type { Server, ServerState } from '../../../shared/contract/server';
import type { ToolChanges } from '../../../shared/contract/tool-change';
import { inEnglish } from '../../../shared/messages/language';
import { oauthFacts } from '../../../shared/model/oauth-facts';
import { OLDER_TRANSPORT, remarkLine, stateWord } from '../../../shared/model/server-words';
import { showInvisible } from '../../../shared/visible-text';
import { spanWords } from '../print';

/** States in which a server does not do what it is configured to do. */
const DOWN: ReadonlySet<ServerState> = new Set(['broken', 'untrusted', 'needs_login', 'waiting', 'circuit_open']);

/** Whether the server needs a person's attention. */
export const isDown = ({ state }: Server): boolean => DOWN.has(state);

/** Columns for one server: name, state, and remark. */
export const serverRow = (server: Server): string[] => [
  server.name,
  isDown(server) ? stateWord(server).toUpperCase() : stateWord(server).toLowerCase(),
  [remark(server), server.older_transport && !isDown(server) ? OLDER_TRANSPORT : ''].filter(Boolean).join(', '),
];

/** Lines of output shown of a server that failed. */
const LAST_LINES = 3;

/** The last lines that a server which failed wrote to standard error, indented; they often say why. */
export function lastLines(server: Server): string[] {
  const { state, last_error, stderr_tail } = server;
  const hasFailed =
    state === 'waiting' ||
    state === 'circuit_open' ||
    ((state === 'stopped' || state === 'starting') && last_error !== null);
  return hasFailed ? stderr_tail.slice(-LAST_LINES).map((line) => `    | ${line}`) : [];
}

/** That clients still list what a server that is down listed before, and how long ago that was. */
export function memoryLines(server: Server): string[] {
  const { lists } = server;
  if (!isDown(server) || !lists?.from_memory) return [];
  return [`    tools are still listed, from memory: as of ${spanWords(Date.now() - lists.heard_at)} ago`];
}

/** What has changed of a server's tools, as a difference with nothing hidden in it. */
export const changeLines = (server: string, { changes, more }: ToolChanges): string[] => [
  ...changes.flatMap(({ tool, held, fields, changed_at }) => [
    `${server}${tool === null ? '' : ` ${showInvisible(tool)}`}, changed ${spanWords(Date.now() - changed_at)} ago${held ? ', HELD BACK' : ''}`,
    ...fields.flatMap(({ field, lines }) => [
      `  ${field}`,
      ...lines.map(({ mark, text }) => `    ${mark} ${showInvisible(text)}`),
    ]),
  ]),
  ...(more > 0 ? [`${server}: and ${more} more`] : []),
];

/** How many tools changed after they were used, and where to see it. */
export function changedLines({ name, tool_changes: { changed, held } }: Server): string[] {
  if (changed === 0) return [];
  const what = changed === 1 ? 'a tool changed after it was used' : `${changed} tools changed after they were used`;
  return [`    ${what}${held > 0 ? ' and is held back' : ''}  (holdfast servers changes ${name})`];
}

/** A word of a command, quoted if it could be mistaken for several words or for shell syntax. */
const wordOf = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));

/** The whole command of a server, or its URL, as a person must see it before confirming. */
const commandOf = ({ command, args, url }: Server): string => url ?? [command ?? '', ...args].map(wordOf).join(' ');

/** What is shown to a person who confirms a server: everything that determines what it does, or what it is sent. */
export function confirmationLines(server: Server): string[] {
  const { name, cwd, url, env_names, env_values, header_names, header_values, changed_since_confirmed } = server;
  const shown = (names: readonly string[], values: Record<string, string>): string =>
    names.map((it) => wordOf(it) + (Object.hasOwn(values, it) ? `=${wordOf(values[it] ?? '')}` : '')).join(', ');
  const changed = changed_since_confirmed.map(wordOf).join(', ');
  const login = oauthFacts(server.oauth).map(({ name, value }) =>
    value === null ? `a ${name}` : `${name} ${wordOf(value)}`,
  );
  return [
    ...(url === null
      ? [`${name} runs: ${commandOf(server)}`, `in ${cwd === null ? 'your home folder' : wordOf(cwd)}`]
      : [`${name} is at: ${url}`]),
    ...(env_names.length === 0 ? [] : [`with ${shown(env_names, env_values)} in its environment`]),
    ...(header_names.length === 0 ? [] : [`and is sent ${shown(header_names, header_values)}`]),
    ...(login.length === 0 ? [] : [`and logs in with ${login.join(', ')}`]),
    ...(changed === '' ? [] : [`changed since it was last confirmed: ${changed}`]),
  ];
}

/** What is wrong with servers.json itself, in the words of the window; nothing when all is well. */
export const fileLines = (problems: readonly string[]): string[] =>
  problems.length === 0 ? [] : [inEnglish('servers.file_problem'), ...problems.map((one) => `  ${showInvisible(one)}`)];

/** Lines on what is odd about what the server lists, and what clients get instead. */
export function remarkLines({ name, list_remarks: { shown, more } }: Server): string[] {
  const lines = shown.map((one) => `${name}: ${showInvisible(remarkLine(one, inEnglish))}`);
  return more > 0 ? [...lines, `${name}: and ${more} more`] : lines;
}

function remark(server: Server): string {
  const { name, state, problem, last_error, next_try_at, sessions_using, instances, restarts } = server;
  if (state === 'broken') return problem ?? '';
  if (state === 'untrusted') return `${commandOf(server)}  (holdfast servers trust ${name})`;
  if (state === 'needs_login') {
    const { host, problem } = server.login;
    return `${problem ?? (host === null ? 'log in' : `log in at ${host}`)}  (holdfast servers login ${name})`;
  }
  if (isDown(server)) {
    const why = (last_error ?? 'it cannot be started').replace(/\.$/, '');
    return `${why}, ${nextTry(state, next_try_at)}  (holdfast servers retry ${name})`;
  }
  if (state === 'stopped' && last_error !== null) return `last error: ${last_error}`;
  if (state === 'starting') return last_error ?? '';
  if (state !== 'running') return '';
  const running = instances.filter((instance) => instance.state === 'running').length;
  const parts = [`${sessions_using} ${sessions_using === 1 ? 'session' : 'sessions'}`, `${running} running`];
  if (restarts > 0) parts.push(`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`);
  return parts.join(', ');
}

function nextTry(state: ServerState, at: number | null): string {
  if (at !== null) return `next try in ${spanWords(at - Date.now())}`;
  const use = 'tried again with its next use';
  return state === 'circuit_open' ? `left alone for up to 30 s, then ${use}` : use;
}
