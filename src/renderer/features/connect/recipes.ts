import type { AppInfo } from '../../../shared/contract/app';
import type { ClientType } from '../../../shared/contract/client';

/** When the forms below were last held against the clients themselves. */
export const CHECKED_ON = '2026-11-22';

/** Environment variable for clients that want the key from there. */
const KEY_VARIABLE = 'HOLDFAST_KEY';

/** Where to connect, and with which key. */
interface Target {
  /** Address of the MCP endpoint, e.g. `http://127.0.0.1:8181/mcp`. */
  readonly url: string;
  readonly key: string;
  /** The one server that is meant; null for all of them. */
  readonly server: string | null;
  /** How Holdfast's own command is started. */
  readonly cli: AppInfo['cli'];
}

/** Name under which clients list it. */
const listedAs = (server: string | null): string => (server === null ? 'holdfast' : `holdfast-${server}`);

/** A text to paste; the key is in it once. */
export interface Snippet {
  readonly text: string;
  /** Where it goes: `a terminal`, or a file. */
  readonly place: string;
  /** What goes wrong otherwise. */
  readonly note?: string;
}

/** How one kind of client is connected. */
export interface Recipe {
  /** Null where the client has no command for it. */
  readonly command: ((target: Target) => Snippet) | null;
  readonly file: (target: Target) => Snippet;
  /** How the client makes its first request. */
  readonly next: string;
}

const TERMINAL = 'a terminal';
const MERGE = 'Keep what is in the file already, and put this beside it.';
const bearer = (key: string) => `Authorization: Bearer ${key}`;
const headers = (key: string) => ({ Authorization: `Bearer ${key}` });
const json = (value: unknown) => JSON.stringify(value, null, 2);

/** Forms that are easy to get wrong; each trap is named where it is avoided. */
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
      note: `${MERGE} A project’s .mcp.json takes the same form, but is often shared with others.`,
    }),
    next: 'Start Claude Code again, or run /mcp in it.',
  },
  'claude-desktop': {
    command: null,
    file: ({ key, server, cli }) => ({
      // It speaks only stdio to what is on this machine: the bridge stands between.
      text: json({
        mcpServers: {
          [listedAs(server)]: {
            // Whole paths: programs that are started from a menu have another PATH than terminals.
            command: cli.command,
            args: [...cli.args, 'bridge', ...(server === null ? [] : ['--server', server])],
            env: { ...cli.env, [KEY_VARIABLE]: key },
          },
        },
      }),
      place: 'claude_desktop_config.json',
      note: `Settings › Developer › Edit Config opens it. ${MERGE}`,
    }),
    next: 'Quit Claude Desktop and start it again.',
  },
  cursor: {
    command: null,
    file: ({ url, key, server }) => ({
      text: json({ mcpServers: { [listedAs(server)]: { url, headers: headers(key) } } }),
      place: '~/.cursor/mcp.json',
      note: MERGE,
    }),
    next: 'Cursor connects when the file is saved. If it does not, switch holdfast on in its MCP settings.',
  },
  vscode: {
    command: ({ url, key, server }) => ({
      text: `code --add-mcp ${quote(JSON.stringify({ name: listedAs(server), type: 'http', url, headers: headers(key) }))}`,
      place: TERMINAL,
      note: 'For bash, zsh and PowerShell 7. On an older PowerShell use the file.',
    }),
    file: ({ url, key, server }) => ({
      // VS Code reads `servers` here and ignores `mcpServers` without a word.
      text: json({ servers: { [listedAs(server)]: { type: 'http', url, headers: headers(key) } } }),
      place: 'mcp.json of your profile',
      note: `The command “MCP: Open User Configuration” opens it. ${MERGE}`,
    }),
    next: 'Start holdfast in “MCP: List Servers”, or send a message in agent mode.',
  },
  codex: {
    command: ({ url, key, server }) => ({
      text: [
        `export ${KEY_VARIABLE}=${quote(key)}`,
        `codex mcp add ${listedAs(server)} --url ${quote(url)} --bearer-token-env-var ${KEY_VARIABLE}`,
      ].join('\n'),
      place: TERMINAL,
      note: 'Codex reads the key from the environment at every start: put the first line into your shell’s profile too.',
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
    next: 'Start Codex again.',
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
    next: 'Start Gemini CLI again, or run /mcp in it.',
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
      note: 'A first request by hand. A script uses an MCP library with the same URL and Authorization header.',
    }),
    file: ({ url, key, server }) => ({
      text: json({ mcpServers: { [listedAs(server)]: { type: 'http', url, headers: headers(key) } } }),
      place: 'your client’s MCP settings',
      note: 'Most clients take this form. The transport is Streamable HTTP; the key is a header of every request.',
    }),
    next: 'Start the client or the script.',
  },
};

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
};

/**
 * One word for a shell. Plain words stay as they are; double quotes, which every shell knows, are used where nothing inside
 * is special to any; else single quotes, which bash, zsh and PowerShell take literally.
 */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/["$`\\!%]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
