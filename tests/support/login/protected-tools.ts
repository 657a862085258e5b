import { EventEmitter, once } from 'node:events';
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });

/** The tools of a protected server, one set a session, and what lets a slow one finish. */
export class ProtectedTools {
  private readonly events = new EventEmitter().setMaxListeners(0);

  /** Lets every `slow` that runs finish. */
  letGo(): void {
    this.events.emit('go');
  }

  /** Resolves as soon as the next `slow` has said all its steps and waits. */
  async waiting(): Promise<void> {
    await once(this.events, 'waiting', { signal: AbortSignal.timeout(10_000) });
  }

  /**
   * `add`; `whoami`, as JSON of account and scopes; `count`, which counts its calls in this server; `slow`, which says its
   * progress and then waits for `letGo`; `admin`, for those who are allowed to.
   */
  createServer(): McpServer {
    const server = new McpServer({ name: 'protected', version: '1.0.0' });
    let n = 0;
    server.registerTool('add', { inputSchema: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) =>
      text(`${a + b}`),
    );
    server.registerTool('whoami', {}, ({ http }) => {
      const { clientId, scopes, extra } = http?.authInfo ?? {};
      return text(JSON.stringify({ account: extra?.account ?? null, scopes, clientId }));
    });
    server.registerTool('count', {}, () => {
      n += 1;
      return text(`${n}`);
    });
    server.registerTool('admin', {}, () => text('done'));
    server.registerTool(
      'slow',
      { inputSchema: z.object({ steps: z.number().default(3) }) },
      async ({ steps }, { mcpReq }) => {
        const progressToken = mcpReq._meta?.progressToken;
        for (let progress = 1; progressToken !== undefined && progress <= steps; progress += 1) {
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: steps } });
        }
        const gone = once(this.events, 'go', { signal: mcpReq.signal });
        this.events.emit('waiting');
        await gone;
        return text('done');
      },
    );
    return server;
  }
}
