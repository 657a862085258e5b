import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EndpointFile } from '#src/main/platform/endpoint-file';
import { bundled } from '#tests/support/bundle';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { disposing, folderTest } from '#tests/support/fixtures';
import { COUNTER, HEADLESS, HOLDFAST } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { visibleErrors } from '#tests/support/visible-errors';

/** The environment in which the command finds the Holdfast of a data folder. */
export const environment = (folder: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  HOLDFAST_DATA_DIR: folder,
});

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a person does, on a data folder, to its end. */
export async function runHoldfast(program: string, folder: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], {
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Leaves the file by which a Holdfast is found. */
export function writeEndpoint(folder: string, content: Partial<EndpointFile>): void {
  const whole = { url: 'http://127.0.0.1:1', pid: 1, version: '0.1.0', admin_key: 'hfa_never-to-be-seen', ...content };
  writeFileSync(join(folder, 'endpoint.json'), JSON.stringify(whole));
}

export const readEndpoint = (folder: string): EndpointFile =>
  JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));

/** Writes servers.json, as a person does: name to entry. */
export const configureServers = (folder: string, mcpServers: Record<string, object>): void =>
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }, null, 2));

/** The entry of the counting server. */
export const counterEntry = (more: object = {}): object => ({
  command: process.execPath,
  args: [COUNTER],
  ...more,
});

/** A Holdfast without a window in a process of its own. */
async function startHeadless(program: string, folder: string, port = 0, more: Record<string, string> = {}) {
  const env = { ...environment(folder), HOLDFAST_PORT: String(port), ...more };
  const child = visibleErrors(spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  await new Promise<void>((started, failed) => {
    child.once('exit', (code) => failed(new Error(`Holdfast ended with code ${code}`)));
    child.stdout.on('data', (text) => {
      if (String(text).includes('Endpoint:')) started();
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    stop: () => end('SIGTERM'),
    /** As the system does when there is no memory left. */
    kill: () => end('SIGKILL'),
  };
}

/** Tests of the command: `command` and `program` are the bundled command and host; what they start is ended. */
export const cliTest = folderTest
  .extend('command', { scope: 'file' }, bundled(HOLDFAST))
  .extend('program', { scope: 'file' }, bundled(HEADLESS))
  .extend('folder', ({ newFolder }, { onCleanup }) => {
    const folder = newFolder();
    onCleanup(() => endServers(folder));
    return folder;
  })
  /** Starts a Holdfast on the folder; says where it is and how to end it. */
  .extend('start', ({ program, folder }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (port: number = 0, more: Record<string, string> = {}) => {
        const holdfast = await startHeadless(program, folder, port, more);
        return { ...readEndpoint(folder), ...holdfast };
      },
      ({ stop }) => stop(),
    ),
  )
  /** Runs the command on the folder, to its end. */
  .extend(
    'run',
    ({ folder, command }) =>
      (...args: string[]): Promise<Outcome> =>
        runHoldfast(command, folder, ...args),
  );

/** A session of a new client, called Editor, of a running Holdfast. */
export async function editorAt({ url, admin_key }: Pick<EndpointFile, 'url' | 'admin_key'>): Promise<McpHttp> {
  const { body } = await new Api({ url }, admin_key).post('/api/mcp/clients', { name: 'Editor', type: 'other' });
  const client = new McpHttp({ url: `${url}/mcp` }, body.client_key);
  await client.initialize();
  return client;
}

/** Another program on a port: it answers as told, and remembers what it was asked. */
export async function startOtherProgram(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((req, res) => {
    seen.push(req);
    answer(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
