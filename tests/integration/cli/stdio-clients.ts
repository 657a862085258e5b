import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Json } from '#tests/support/clients/mcp-http';
import { disposing } from '#tests/support/fixtures';
import { cliTest, environment } from './support';

/** What the clients call themselves. */
export const INFO = { name: 'desk-client', version: '1.0.0' };

/** A client of an official SDK over stdio. */
export interface StdioClient {
  call(name: string, args?: Record<string, unknown>, onProgress?: (message: string) => void): Promise<Json>;
  stderr(): string;
  close(): Promise<void>;
}

/** A program that the client starts and speaks to. */
interface StdioProgram {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

export type ConnectStdio = (program: StdioProgram) => Promise<StdioClient>;

const ANSWER = { action: 'accept', content: { colour: 'green' } } as const;

const parameters = ({ args, env }: StdioProgram) => ({
  command: process.execPath,
  args: [...args],
  env,
  stderr: 'pipe' as const,
});

/** It answers every question with green. */
export const v1: ConnectStdio = async (program) => {
  const transport = new StdioV1(parameters(program));
  let stderr = '';
  transport.stderr?.on('data', (text) => (stderr += text));
  const client = new ClientV1(INFO, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ANSWER);
  await client.connect(transport);
  return {
    call: (name, args = {}, onProgress) =>
      client.callTool({ name, arguments: args }, undefined, {
        onprogress: onProgress && (({ message }) => onProgress(message ?? '')),
      }),
    stderr: () => stderr,
    close: () => client.close(),
  };
};

const v2 =
  (options: ConstructorParameters<typeof ClientV2>[1] = {}): ConnectStdio =>
  async (program) => {
    const transport = new StdioV2(parameters(program));
    let stderr = '';
    transport.stderr?.on('data', (text) => (stderr += text));
    const client = new ClientV2(INFO, { ...options, capabilities: { elicitation: {} } });
    client.setRequestHandler('elicitation/create', () => ANSWER);
    await client.connect(transport);
    return {
      call: (name, args = {}, onProgress) =>
        client.callTool(
          { name, arguments: args },
          { onprogress: onProgress && (({ message }) => onProgress(message ?? '')) },
        ),
      stderr: () => stderr,
      close: () => client.close(),
    };
  };

export const STDIO_CLIENTS: readonly [string, ConnectStdio][] = [
  ['SDK v1', v1],
  ['SDK v2', v2()],
  ['SDK v2 that probes for the newest era', v2({ versionNegotiation: { mode: 'auto' } })],
];

/** Tests of the bridge: `open` starts it with a client, which is closed at the end. */
export const bridgeTest = cliTest.extend('open', ({ command, folder }, { onCleanup }) =>
  disposing(
    onCleanup,
    (connect: ConnectStdio, ...args: string[]) =>
      connect({ args: [command, 'bridge', ...args], env: environment(folder) }),
    (client) => client.close(),
  ),
);
