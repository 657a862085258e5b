// A real MCP client that does what its parent says. Options come in CLIENT_OPTIONS: { kind, url, key, timeout, folder, remote,
// name }, where `remote` is the program of mcp-remote.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {(name: string, args: Record<string, unknown>) => Promise<unknown>} Call */
/** @typedef {'v1' | 'v1 of 2025-06-18' | 'v1 of 2025-03-26' | 'v2' | 'v2 auto' | 'mcp-remote'} Kind */

/** @type {{ kind: Kind, url: string, key: string, timeout: number, folder: string, remote: string, name?: string }} */
const { kind, url, key, timeout, folder, remote, name: called } = JSON.parse(process.env.CLIENT_OPTIONS ?? '{}');
// A program of this name keeps one chat in one process.
const info = { name: called ?? `claude-matrix-${kind}`, version: '1.0.0' };
const authorized = { requestInit: { headers: { Authorization: `Bearer ${key}` } } };

/**
 * @param {string} [version] - the revision it asks for, in place of its newest
 * @returns {Promise<Call>}
 */
async function sdkV1(version) {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const client = new Client(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { ...authorized, fetch: asking(version) }));
  return (name, args) => client.callTool({ name, arguments: args }, undefined, { timeout });
}

/**
 * @param {string} [version]
 * @returns {typeof fetch}
 */
function asking(version) {
  return (address, init) => {
    const isInitialize = typeof init?.body === 'string' && init.body.includes('"method":"initialize"');
    if (version === undefined || !isInitialize) return fetch(address, init);
    const message = JSON.parse(String(init.body));
    message.params.protocolVersion = version;
    return fetch(address, { ...init, body: JSON.stringify(message) });
  };
}

/**
 * @param {'auto'} [mode]
 * @returns {Promise<Call>}
 */
async function sdkV2(mode) {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client(info, mode && { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), authorized));
  return (name, args) => client.callTool({ name, arguments: args }, { timeout });
}

/** @returns {Promise<Call>} */
async function mcpRemote() {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const header = ['--header', `Authorization: Bearer ${key}`];
  const config = mkdtempSync(join(folder, 'mcp-remote-'));
  const client = new Client(info);
  const args = [remote, url, '--allow-http', '--transport', 'http-only', ...header];
  const env = { PATH: process.env.PATH ?? '', HOME: config, MCP_REMOTE_CONFIG_DIR: config };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  return (name, callArgs) => client.callTool({ name, arguments: callArgs }, undefined, { timeout });
}

const CONNECT = {
  v1: () => sdkV1(),
  'v1 of 2025-06-18': () => sdkV1('2025-06-18'),
  'v1 of 2025-03-26': () => sdkV1('2025-03-26'),
  v2: () => sdkV2(),
  'v2 auto': () => sdkV2('auto'),
  'mcp-remote': mcpRemote,
};

// A worker that was killed must leave nothing behind.
process.on('disconnect', () => process.exit(1));
try {
  let call = await CONNECT[kind]();
  process.on('message', async ({ id, name, args, connectAnew }) => {
    try {
      if (connectAnew) call = await CONNECT[kind]();
      process.send?.({ id, result: connectAnew ? null : await call(name, args) });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  process.send?.({ connected: true });
} catch (error) {
  process.send?.({ failed: String(error) });
}
