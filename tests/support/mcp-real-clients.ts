import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Json } from './mcp-http';

/** A program of other people's making, connected. */
export interface RealClient {
  call(name: string, args?: Record<string, unknown>): Promise<Json>;
  /** Vanishes without ending its session, as a program that is closed. */
  vanish(): Promise<void>;
}

export interface RealClientKind {
  readonly title: string;
  /** The name it gives itself. */
  readonly clientName: string;
  connect(url: string, key: string): Promise<RealClient>;
}

const NAME = 'real-client';
const info = { name: NAME, version: '1.0.0' };
const MCP_REMOTE = fileURLToPath(new URL('../../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

const authorized = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

async function sdkV1(url: string, key: string): Promise<RealClient> {
  const client = new ClientV1(info);
  await client.connect(new HttpV1(new URL(url), authorized(key)));
  return {
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
    vanish: () => client.close(),
  };
}

async function sdkV2(url: string, key: string, mode: 'auto' | undefined): Promise<RealClient> {
  const client = new ClientV2(info, mode && { versionNegotiation: { mode } });
  await client.connect(new HttpV2(new URL(url), authorized(key)));
  return {
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
    vanish: () => client.close(),
  };
}

/** The bridge from stdio to HTTP as a child process, which in turn is driven by an SDK client. */
async function mcpRemote(url: string, key: string): Promise<RealClient> {
  const config = mkdtempSync(join(tmpdir(), 'holdfast-mcp-remote-'));
  const client = new ClientV1(info);
  const args = [
    MCP_REMOTE,
    url,
    '--allow-http',
    '--transport',
    'http-only',
    '--header',
    `Authorization: Bearer ${key}`,
  ];
  const env = { PATH: process.env.PATH ?? '', HOME: config, MCP_REMOTE_CONFIG_DIR: config };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  return {
    call: (name, callArgs = {}) => client.callTool({ name, arguments: callArgs }),
    async vanish() {
      await client.close();
      rmSync(config, { recursive: true, force: true });
    },
  };
}

export const REAL_CLIENTS: readonly RealClientKind[] = [
  { title: 'SDK v1', clientName: NAME, connect: sdkV1 },
  { title: 'SDK v2', clientName: NAME, connect: (url, key) => sdkV2(url, key, undefined) },
  { title: 'SDK v2 that probes for the newest era', clientName: NAME, connect: (url, key) => sdkV2(url, key, 'auto') },
  { title: 'mcp-remote', clientName: NAME, connect: mcpRemote },
];

/** A client of the newest era, for a key of the stateless policy. */
export const statelessClient = (url: string, key: string): Promise<RealClient> => sdkV2(url, key, 'auto');
