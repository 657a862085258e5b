import { basename, dirname } from 'node:path/posix';
import type { ClientProcess } from '../../shared/contract/client-process';
import type { ProcessFacts, ProcessLookup } from './ports';

const MAX_STEPS = 8;
const INTERPRETERS = /^(node|nodejs|bun|deno|python[\d.]*|ruby|java|electron|MainThread)$/i;
/** Programs that only start others, or that connect on behalf of the program that started them. */
const WRAPPERS = /^(sh|bash|zsh|dash|fish|env|cmd|powershell|pwsh|npx|npm|pnpm|yarn|uvx|uv|bunx|sudo|timeout)$/i;
const BRIDGES = /^(mcp-remote|supergateway|mcp-proxy|mcp-stdio-bridge)$/i;
/** Programs that pass on the connections of others, so that their process says nothing about the client. */
// The keeper holds connections while Holdfast is away.
const RELAYS =
  /^(keeper|ssh|sshd|sshd-session|socat|ncat|nc|haproxy|nginx|docker-proxy|wslrelay|rootlesskit|slirp4netns|pasta|passt|gvproxy|kubectl|caddy|envoy)$/i;
/** File names that say nothing; the folder above says more. */
const NAMELESS = /^(index|main|cli|server|start|bin|dist|build|lib|src|app|run|__main__)$/i;

/** What people call programs whose file is named differently. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^(claude|claude-code)$/, 'Claude Code'],
  [/^(Claude|claude-desktop)$/, 'Claude Desktop'],
  [/^cursor/i, 'Cursor'],
  [/^code($| helper|-insiders)/i, 'VS Code'],
  [/^codex/i, 'Codex'],
  [/^gemini/i, 'Gemini CLI'],
];

/**
 * The program behind a process that connected: itself, or, if it is a bridge, the program that started the bridge. Null
 * if the process passes on the connections of others.
 * @param home - the user's home folder, shown as ~
 */
export async function clientProgram(
  lookup: ProcessLookup,
  peer: ProcessFacts,
  home: string,
): Promise<ClientProcess | null> {
  const name = fileName(peer);
  if (RELAYS.test(name)) return null;
  return BRIDGES.test(name) ? bridgeUser(lookup, peer, home) : described(lookup, peer, peer.folder, home, false);
}

/** The program that started a bridge; the bridge itself if that is not known. */
export async function bridgeUser(lookup: ProcessLookup, bridge: ProcessFacts, home: string): Promise<ClientProcess> {
  const user = (await starterOf(lookup, bridge)) ?? bridge;
  // A bridge runs in the folder of the chat; the program that started it may not.
  return described(lookup, user, bridge.folder ?? user.folder, home, true);
}

/** The program that started a process, passing over shells, package runners and the like; null if it is unknown. */
async function starterOf(lookup: ProcessLookup, { parentPid }: ProcessFacts): Promise<ProcessFacts | null> {
  let pid = parentPid;
  for (let step = 0; step < MAX_STEPS && pid > 1; step += 1) {
    const facts = await lookup.of(pid);
    if (facts === null) return null;
    if (!WRAPPERS.test(fileName(facts)) && !BRIDGES.test(fileName(facts))) return facts;
    pid = facts.parentPid;
  }
  return null;
}

async function described(
  lookup: ProcessLookup,
  facts: ProcessFacts,
  folder: string | null,
  home: string,
  bridged: boolean,
): Promise<ClientProcess> {
  const parent = await starterOf(lookup, facts);
  return {
    pid: facts.pid,
    started: facts.started,
    program: programName(facts),
    parent: parent && programName(parent),
    folder: folder && shortened(folder, home).slice(0, 1000),
    bridged,
  };
}

/** What people call the program: `Claude Code`, or `agent` for `node agent.mjs`. */
export function programName(facts: ProcessFacts): string {
  const name = fileName(facts);
  return (KNOWN.find(([pattern]) => pattern.test(name))?.[1] ?? name).slice(0, 200);
}

/** The name of the program's file, or of the script that an interpreter runs. */
function fileName({ name, command }: ProcessFacts): string {
  const [file = name, ...args] = command;
  const own = withoutEnding(slashed(file));
  if (!INTERPRETERS.test(own)) return own === '' ? name : own;
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const script = args[at];
  if (script === undefined) return own;
  const parts = slashed(script).split('/');
  const packageAt = parts.lastIndexOf('node_modules') + 1;
  const inPackage = packageAt > 0 ? parts.slice(packageAt) : [];
  if (inPackage[0]?.startsWith('.') === false) {
    return inPackage[0].startsWith('@') ? (inPackage[1] ?? own) : inPackage[0];
  }
  for (let path = slashed(script); path !== '.' && path !== '/' && path !== ''; path = dirname(path)) {
    const stem = withoutEnding(path);
    if (!NAMELESS.test(stem)) return stem;
  }
  return withoutEnding(script);
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

const withoutEnding = (path: string): string =>
  basename(slashed(path)).replace(/\.(exe|cmd|bat|[cm]?[jt]s|py|rb|jar)$/i, '');

const shortened = (folder: string, home: string): string => {
  if (home === '' || home === '/') return folder;
  return folder === home || folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder;
};
