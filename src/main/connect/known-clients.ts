import { existsSync } from 'node:fs';
import { getNodeValue, parseTree } from 'jsonc-parser';
import type { FoundClient } from '../../shared/contract/connect';
import { CONNECT } from '../../shared/messages/en/connect';
import { type ClientFiles, type ClientPlaces, clientFiles, platformPath } from '../platform/client-files';
import { type ConnectTarget, LISTED_AS } from './connect-target';
import type { EntryValue } from './entry-format';
import { isRecord } from './is-record';
import { bareKey, headersAsJson, type KeyReference, printing, type ReferenceTarget, variableOf } from './key-reference';

/** One file of a client, and how Holdfast is written in it. */
export interface Setting {
  /** The file; it need not exist. */
  readonly file: string;
  readonly format: 'json' | 'toml';
  /** Where the entry is in the file with this text, which is blank or parses. */
  path(text: string): readonly string[];
  entry(target: ConnectTarget): EntryValue;
  /** Fields that say where a server is, of all kinds that the client knows: those of another kind are taken out. */
  readonly addressFields: readonly string[];
  /** Null where the key has to stand in the client's own file. */
  readonly reference: KeyReference | null;
}

/** A program that Holdfast can connect by changing its settings. */
export interface KnownClient {
  /** What it is called on the command line, and its type in Holdfast. */
  readonly id: FoundClient['id'];
  readonly name: string;
  /** What the user does so that it reads its settings again. */
  readonly next: string;
  /** The file that the client reads, or null if the client was never used by this user on this computer. */
  setting(places: ClientPlaces): Setting | null;
}

const bearer = ({ key }: ConnectTarget) => ({ Authorization: `Bearer ${key}` });
const below = (section: string) => () => [section, LISTED_AS];
const ADDRESS_FIELDS = ['url', 'httpUrl', 'serverUrl', 'command', 'args', 'env', 'headers', 'headersHelper'];

/** The key comes from a variable, in the notation of the client. */
const fromVariable = (
  program: FoundClient['id'],
  entry: (target: ReferenceTarget, variable: string) => EntryValue,
): KeyReference => {
  const variable = variableOf(program);
  return { kind: 'environment', variable, entry: (target) => entry(target, variable) };
};
/** `${env:NAME}`, as editors that descend from VS Code write it. */
const bearerFromEditor = (variable: string) => ({ Authorization: `Bearer \${env:${variable}}` });

/** Fields that differ from those of most clients. */
type Form = Partial<Omit<Setting, 'file'>>;

const inFile = (file: string, form: Form): Setting => ({
  file,
  format: 'json',
  path: below('mcpServers'),
  entry: (target) => ({ url: target.url, headers: bearer(target) }),
  addressFields: ADDRESS_FIELDS,
  reference: null,
  ...form,
});

interface Definition extends Omit<KnownClient, 'setting' | 'next'> {
  readonly id: FoundClient['id'];
  /** Its files, the likeliest first. The first that exists is taken, otherwise the first whose client was used. */
  files(files: ClientFiles, places: ClientPlaces): readonly Candidate[];
}

interface Candidate {
  readonly file: string;
  /** A file or folder that the client itself makes. */
  readonly trace: string;
  readonly form?: Form;
}

const DEFINITIONS: readonly Definition[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    files: ({ claudeCode }, { home, platform, environment }) => {
      const trace = environment.CLAUDE_CONFIG_DIR ?? platformPath(platform).join(home, '.claude');
      const reference: KeyReference = {
        kind: 'own_file',
        // It runs the command in a shell at every connect, so a new key needs no restart.
        entry: ({ url, keyFile }) => ({ type: 'http', url, headersHelper: printing(keyFile) }),
        content: headersAsJson,
      };
      const form: Form = {
        entry: (target) => ({ type: 'http', url: target.url, headers: bearer(target) }),
        // No command prints a file in both shells that it may have on Windows.
        reference: platform === 'win32' ? null : reference,
      };
      return [{ file: claudeCode, trace, form }];
    },
  },
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    files: ({ claudeDesktop }, { platform }) =>
      claudeDesktop.map((file) => ({
        file,
        trace: platformPath(platform).dirname(file),
        form: {
          // It speaks only stdio to servers on this computer. Programs started from a menu have another PATH, so the
          // command is a full path.
          entry: ({ cli, key }) => ({
            command: cli.command,
            args: [...cli.args, 'bridge'],
            env: { ...cli.env, HOLDFAST_KEY: key },
          }),
          reference: {
            kind: 'own_file',
            entry: ({ cli, keyFile }) => ({
              command: cli.command,
              args: [...cli.args, 'bridge'],
              env: { ...cli.env, HOLDFAST_KEY_FILE: keyFile },
            }),
            content: bareKey,
          },
        },
      })),
  },
  {
    id: 'cursor',
    name: 'Cursor',
    files: ({ cursor }, places) => [
      {
        file: cursor,
        trace: folderOf(cursor, places),
        form: {
          reference: fromVariable('cursor', ({ url }, variable) => ({ url, headers: bearerFromEditor(variable) })),
        },
      },
    ],
  },
  {
    id: 'vscode',
    name: 'VS Code',
    files: ({ codeFolders }, { platform }) =>
      codeFolders.map((folder) => ({
        file: platformPath(platform).join(folder, 'mcp.json'),
        trace: folder,
        // VS Code reads `servers` here and silently ignores `mcpServers`.
        form: {
          path: below('servers'),
          entry: (target) => ({ type: 'http', url: target.url, headers: bearer(target) }),
        },
      })),
  },
  {
    id: 'codex',
    name: 'Codex',
    files: ({ codex }, places) => [
      {
        file: codex,
        trace: folderOf(codex, places),
        form: {
          format: 'toml',
          path: below('mcp_servers'),
          // Codex ignores `headers` and refuses `bearer_token`.
          entry: (target) => ({ url: target.url, http_headers: bearer(target) }),
          addressFields: [
            ...['url', 'http_headers', 'env_http_headers', 'bearer_token_env_var'],
            ...['command', 'args', 'env', 'env_vars', 'cwd'],
          ],
          reference: fromVariable('codex', ({ url }, bearer_token_env_var) => ({ url, bearer_token_env_var })),
        },
      },
    ],
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    files: ({ gemini }, places) => [
      {
        file: gemini,
        trace: folderOf(gemini, places),
        // `url` means the older SSE transport here.
        form: {
          entry: (target) => ({ httpUrl: target.url, headers: bearer(target) }),
          reference: fromVariable('gemini', ({ url }, variable) => ({
            httpUrl: url,
            headers: { Authorization: `Bearer \${${variable}}` },
          })),
        },
      },
    ],
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    files: ({ devin, windsurf }, places) => [
      // Devin Desktop is Windsurf under its new name, with `url` instead of `serverUrl`.
      { file: devin, trace: folderOf(devin, places) },
      {
        file: windsurf,
        trace: folderOf(windsurf, places),
        form: {
          entry: (target) => ({ serverUrl: target.url, headers: bearer(target) }),
          reference: fromVariable('windsurf', ({ url }, variable) => ({
            serverUrl: url,
            headers: bearerFromEditor(variable),
          })),
        },
      },
    ],
  },
  {
    id: 'zed',
    name: 'Zed',
    files: ({ zed }, places) => [{ file: zed, trace: folderOf(zed, places), form: { path: below('context_servers') } }],
  },
  {
    id: 'opencode',
    name: 'opencode',
    files: ({ opencode }, { platform }) =>
      ['opencode.jsonc', 'opencode.json'].reverse().map((name) => ({
        file: platformPath(platform).join(opencode, name),
        trace: opencode,
        form: {
          path: opencodePath,
          entry: (target) => ({ type: 'remote', url: target.url, headers: bearer(target) }),
          reference: {
            kind: 'own_file',
            entry: ({ url, keyFile }) => ({
              type: 'remote',
              url,
              headers: { Authorization: `Bearer {file:${keyFile}}` },
            }),
            content: bareKey,
          },
        },
      })),
  },
  {
    id: 'cline',
    name: 'Cline',
    files: ({ cline }, { platform }) => {
      const { dirname } = platformPath(platform);
      return cline.map((file) => ({
        file,
        // VS Code makes the folder of an extension, the extension makes `settings` in it; so does the command line in its data.
        trace: dirname(dirname(file)),
        // Without a type it would be the older SSE transport.
        form: { entry: (target) => ({ type: 'streamableHttp', url: target.url, headers: bearer(target) }) },
      }));
    },
  },
];

const folderOf = (file: string, { platform }: ClientPlaces): string => platformPath(platform).dirname(file);

/** Version 2 of opencode has `mcp.servers`. It also takes the form of version 1, which refuses that of version 2. */
function opencodePath(text: string): readonly string[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const value: unknown = root && getNodeValue(root);
  const servers = isRecord(value) && isRecord(value.mcp) ? value.mcp.servers : undefined;
  return isRecord(servers) && typeof servers.type !== 'string' ? ['mcp', 'servers', LISTED_AS] : ['mcp', LISTED_AS];
}

/** Every client that Holdfast can connect. */
export const KNOWN_CLIENTS: readonly KnownClient[] = DEFINITIONS.map(({ id, name, files }) => ({
  id,
  name,
  next: CONNECT[`connect.next.${id}`],
  setting(places) {
    const candidates = files(clientFiles(places), places);
    const found = candidates.find(({ file }) => existsSync(file)) ?? candidates.find(({ trace }) => existsSync(trace));
    return found ? inFile(found.file, found.form ?? {}) : null;
  },
}));
