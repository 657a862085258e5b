import { isLoopbackHost } from './loopback';

/** The programs that take a server from a link. */
export type LinkedClient = 'cursor' | 'vscode';

/** The variable that the key is read from, by a program that does not ask for it. */
export const CURSOR_VARIABLE = 'HOLDFAST_KEY_CURSOR';
const CURSOR = 'cursor://anysphere.cursor-deeplink/mcp/install';
const VSCODE = ['vscode:mcp/install', 'vscode-insiders:mcp/install'] as const;
const NAME = 'holdfast';
const INPUT = 'holdfast-key';
/** What VS Code writes for a value that it asks for, once. */
const ASKED = `\${input:${INPUT}}`;
/** Longer ones are cut off on the way. */
const MAX_LENGTH = 8_000;

/**
 * A link by which a program adds Holdfast, after it has asked. The system hands a link on as an argument of a program, where every
 * user of the machine can read it, so it holds no key: Cursor reads it from a variable, VS Code asks for it.
 * @param url - of the MCP endpoint, e.g. `http://127.0.0.1:8181/mcp`
 * @param isInsiders - whether the Insiders edition of VS Code is meant
 */
export function clientLink(client: LinkedClient, url: string, isInsiders = false): string {
  if (client === 'cursor') {
    const config = btoa(JSON.stringify(cursorConfig(url)));
    return `${CURSOR}?name=${NAME}&config=${encodeURIComponent(config)}`;
  }
  return `${VSCODE[isInsiders ? 1 : 0]}?${encodeURIComponent(JSON.stringify(vscodeConfig(url)))}`;
}

/** Whether a text is exactly a link that {@link clientLink} makes for an endpoint of this machine. */
export function isClientLink(link: string): boolean {
  if (link.length > MAX_LENGTH) return false;
  const url = urlIn(link);
  if (url === null || !isEndpoint(url)) return false;
  return [clientLink('cursor', url), clientLink('vscode', url), clientLink('vscode', url, true)].includes(link);
}

const cursorConfig = (url: string) => ({
  url,
  headers: { Authorization: `Bearer \${env:${CURSOR_VARIABLE}}` },
});

const vscodeConfig = (url: string) => ({
  name: NAME,
  type: 'http',
  url,
  headers: { Authorization: `Bearer ${ASKED}` },
  inputs: [{ type: 'promptString', id: INPUT, description: 'Key from Holdfast', password: true }],
});

function urlIn(link: string): string | null {
  try {
    const query = link.slice(link.indexOf('?') + 1);
    const config = link.startsWith(CURSOR)
      ? atob(new URLSearchParams(query).get('config') ?? '')
      : decodeURIComponent(query);
    const { url } = JSON.parse(config) as { url?: unknown };
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

function isEndpoint(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && isLoopbackHost(url.hostname) && text === `http://${url.host}/mcp`;
}

/** Whether an entry that VS Code wrote asks for the key. */
export const isAskedFor = (entry: string): boolean => entry.includes(ASKED);
