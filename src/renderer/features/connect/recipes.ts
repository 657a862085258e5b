import type { AppInfo } from '../../../shared/contract/app';
import type { ClientType } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';

/** When the formats below were last checked against the clients themselves. */
export const CHECKED_ON = '2026-11-22';

/** Environment variable for clients that read the key from there. */
const KEY_VARIABLE = 'HOLDFAST_KEY';

/** Where to connect, and with which key. */
interface Target {
  /** Address of the MCP endpoint, e.g. `http://127.0.0.1:8181/mcp`. */
  readonly url: string;
  readonly key: string;
  /** The one server to connect to; null for all of them. */
  readonly server: string | null;
  /** How Holdfast's own command is started. */
  readonly cli: AppInfo['cli'];
}

/** The name under which clients list it. */
const listedAs = (server: string | null): string => (server === null ? 'holdfast' : `holdfast-${server}`);

/** A text to paste; it contains the key once. */
export interface Snippet {
  readonly text: string;
  /** Where it goes: `a terminal`, or a file. */
  readonly place: string;
  /** What goes wrong otherwise. */
  readonly note?: string;
}

/** How to connect one kind of client. */
export interface Recipe {
  /** Null where the client has no command for it. */
  readonly command: ((target: Target) => Snippet) | null;
  readonly file: (target: Target) => Snippet;
  /** How the client makes its first request. */
  readonly next: string;
}

const TERMINAL = t('connect.place.terminal');
const MERGE = t('connect.note.merge');
const bearer = (key: string) => `Authorization: Bearer ${key}`;
const headers = (key: string) => ({ Authorization: `Bearer ${key}` });
const json = (value: unknown) => JSON.stringify(value, null, 2);

/** These formats are easy to get wrong; each trap is named where it is avoided. */
export const RECIPES: Readonly<Record<ClientType, Recipe>> = {
  'claude-code': {
    // `--header` takes every word after it, so it has to come last; without `--transport` the URL is run as a program.
    command: ({ url, key, server }) => ({
      text: `claude mcp add --transport http --scope user ${listedAs(server)} ${quote(url)} --header ${quote(bearer(key))}`,
      place: TERMINAL,
    }),
    file: ({ url, key, server }) => ({
      text: json({ mcpServers: { [listedAs(server)]: { type: 'http', url, headers: headers(key) } } }),
      place: '~/.claude.json',
      note: `${MERGE} ${t('connect.note.project')}`,
    }),
    next: t('connect.next.claude-code'),
  },
  'claude-desktop': {
    command: null,
    file: ({ key, server, cli }) => ({
      // It speaks only stdio to local servers, so the bridge sits in between.
      text: json({
        mcpServers: {
          [listedAs(server)]: {
            // Full paths: programs started from a menu have a different PATH from terminals.
            command: cli.command,
            args: [...cli.args, 'bridge', ...(server === null ? [] : ['--server', server])],
            env: { ...cli.env, [KEY_VARIABLE]: key },
          },
        },
      }),
      place: 'claude_desktop_config.json',
      note: `${t('connect.note.edit_config')} ${MERGE}`,
    }),
    next: t('connect.next.claude-desktop'),
  },
  cursor: {
    command: null,
    file: ({ url, key, server }) => ({
      text: json({ mcpServers: { [listedAs(server)]: { url, headers: headers(key) } } }),
      place: '~/.cursor/mcp.json',
      note: MERGE,
    }),
    next: t('connect.next.cursor'),
  },
  vscode: {
    command: ({ url, key, server }) => ({
      text: `code --add-mcp ${quote(JSON.stringify({ name: listedAs(server), type: 'http', url, headers: headers(key) }))}`,
      place: TERMINAL,
      note: t('connect.note.shells'),
    }),
    file: ({ url, key, server }) => ({
      // VS Code reads `servers` here and silently ignores `mcpServers`.
      text: json({ servers: { [listedAs(server)]: { type: 'http', url, headers: headers(key) } } }),
      place: t('connect.place.profile'),
      note: `${t('connect.note.user_configuration')} ${MERGE}`,
    }),
    next: t('connect.next.vscode'),
  },
  codex: {
    command: ({ url, key, server }) => ({
      text: [
        `export ${KEY_VARIABLE}=${quote(key)}`,
        `codex mcp add ${listedAs(server)} --url ${quote(url)} --bearer-token-env-var ${KEY_VARIABLE}`,
      ].join('\n'),
      place: TERMINAL,
      note: t('connect.note.codex'),
    }),
    file: ({ url, key, server }) => ({
      // Codex ignores `headers` and refuses an inline `bearer_token`.
      text: [
        `[mcp_servers.${listedAs(server)}]`,
        `url = ${JSON.stringify(url)}`,
        `http_headers = { Authorization = ${JSON.stringify(`Bearer ${key}`)} }`,
      ].join('\n'),
      place: '~/.codex/config.toml',
      note: MERGE,
    }),
    next: t('connect.next.codex'),
  },
  gemini: {
    command: ({ url, key, server }) => ({
      text: `gemini mcp add --scope user --transport http --header ${quote(bearer(key))} ${listedAs(server)} ${quote(url)}`,
      place: TERMINAL,
    }),
    file: ({ url, key, server }) => ({
      // `url` alone means the older SSE transport here.
      text: json({ mcpServers: { [listedAs(server)]: { httpUrl: url, headers: headers(key) } } }),
      place: '~/.gemini/settings.json',
      note: MERGE,
    }),
    next: t('connect.next.gemini'),
  },
  other: {
    command: ({ url, key }) => ({
      text: [
        `curl -sS ${quote(url)}`,
        `-H ${quote(bearer(key))}`,
        `-H ${quote('Content-Type: application/json')}`,
        `-H ${quote('Accept: application/json, text/event-stream')}`,
        `-d ${quote(JSON.stringify(INITIALIZE))}`,
      ].join(' \\\n  '),
      place: TERMINAL,
      note: t('connect.note.by_hand'),
    }),
    file: ({ url, key, server }) => ({
      text: json({ mcpServers: { [listedAs(server)]: { type: 'http', url, headers: headers(key) } } }),
      place: t('connect.place.client'),
      note: t('connect.note.most'),
    }),
    next: t('connect.next.other'),
  },
};

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
};

/**
 * Quotes one word for a shell. Plain words stay as they are. Double quotes, which every shell knows, are used if nothing
 * inside is special to any shell; otherwise single quotes, which bash, zsh and PowerShell take literally.
 */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/["$`\\!%]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
