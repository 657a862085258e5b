import { z } from 'zod';
import { createOwnServer } from '#src/main/endpoint/mcp/own-tools/own-tools';
import { connectSdkServer } from '#src/main/endpoint/mcp/own-tools/sdk-channel';
import type { OpenServerChannel } from '#src/main/mcp/server-channel';
import type { Services } from '#src/main/services';
import { FakeClock } from '../fake-clock';
import { type McpHostOptions, mcpTest, sharedMcpTest } from '../hosts/mcp-host';

/** Lets a test decide when a slow tool answers. */
class Gate {
  private readonly waiting = new Map<string, (text: string) => void>();
  private readonly arrivals = new Map<string, () => void>();
  /** Names of calls that the client cancelled. */
  readonly cancelled: string[] = [];

  /** Resolves when a call of this name has reached the tool. */
  async arrived(name: string): Promise<void> {
    if (this.waiting.has(name)) return;
    await new Promise<void>((resolve) => this.arrivals.set(name, resolve));
  }

  /** Lets the call go on and answer with `text`. */
  open(name: string, text = 'done'): void {
    const answer = this.waiting.get(name);
    if (!answer) throw new Error(`no call waits as ${name}`);
    this.waiting.delete(name);
    answer(text);
  }

  wait(name: string, signal: AbortSignal): Promise<string> {
    signal.addEventListener('abort', () => this.cancelled.push(name));
    const answered = new Promise<string>((resolve) => this.waiting.set(name, resolve));
    this.arrivals.get(name)?.();
    return answered;
  }
}

export interface ScriptedServer {
  readonly gate: Gate;
  readonly connect: (services: Services) => OpenServerChannel;
  /** How many server channels were made. */
  readonly made: number;
  /** Sends a notification of the server's own accord, on the newest server channel or on the one of that number. */
  announce(data: unknown, nth?: number): Promise<void>;
}

/**
 * Holdfast's own tools with some more on the same server channel: `counter` counts the calls of its server channel, `slow` waits for
 * the gate, `steps` reports progress before each answer of the gate, `ask` asks the client something.
 */
export function scriptedServer(): ScriptedServer {
  const gate = new Gate();
  const servers: ReturnType<typeof createOwnServer>[] = [];
  return {
    gate,
    get made() {
      return servers.length;
    },
    async announce(data, nth = servers.length - 1) {
      await servers[nth]?.server.notification({ method: 'notifications/message', params: { level: 'info', data } });
    },
    connect: (services) => () => {
      const server = createOwnServer(services);
      servers.push(server);
      server.server.registerCapabilities({ logging: {} });
      let count = 0;
      const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
      server.registerTool('counter', { inputSchema: z.object({}) }, () => {
        count += 1;
        return text(String(count));
      });
      server.registerTool('slow', { inputSchema: z.object({ name: z.string() }) }, async ({ name }, { mcpReq }) =>
        text(await gate.wait(name, mcpReq.signal)),
      );
      server.registerTool('steps', { inputSchema: z.object({ name: z.string() }) }, async ({ name }, { mcpReq }) => {
        const progressToken = mcpReq._meta?.progressToken;
        for (let progress = 1; ; progress += 1) {
          const said = await gate.wait(name, mcpReq.signal);
          if (said === 'done') return text(`${progress - 1} steps`);
          if (progressToken === undefined) continue;
          const params = { progressToken, progress, message: said };
          await mcpReq.notify({ method: 'notifications/progress', params });
        }
      });
      server.registerTool('ask', { inputSchema: z.object({}) }, async (_, { mcpReq }) => {
        const requestedSchema = { type: 'object', properties: { colour: { type: 'string' } } } as const;
        const question = { message: 'Which colour?', requestedSchema };
        const answer = await mcpReq.elicitInput(question, { relatedRequestId: mcpReq.id });
        return text(`${answer.action} ${JSON.stringify(answer.content ?? null)}`);
      });
      return connectSdkServer(server, null);
    },
  };
}

/** Tests of a host in front of a scripted server; its time moves by hand. */
export const scriptedServerTest = mcpTest
  .extend('server', () => scriptedServer())
  .extend('hostOptions', ({ clock, server }) => frontOf(clock, server));

/** The same, on one host for all tests of the file. */
export const sharedScriptedServerTest = sharedMcpTest
  .extend('clock', { scope: 'file' }, () => new FakeClock())
  .extend('server', { scope: 'file' }, () => scriptedServer())
  .extend('hostOptions', { scope: 'file' }, ({ clock, server }) => frontOf(clock, server));

const frontOf = (clock: FakeClock, server: ScriptedServer): McpHostOptions => ({
  clock,
  front: (services) => ({ connect: server.connect(services) }),
});
