import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A real MCP client (the SDK's) in a process of its own, so that it can really be killed. */
export interface RealClient {
  /** Its `Mcp-Session-Id`. */
  readonly transportId: string;
  call(name: string, args?: Record<string, unknown>): Promise<{ structuredContent?: Record<string, unknown> }>;
  /** Ends the process without a word to the server. */
  kill(): void;
}

type Answer = { id: number; result?: unknown; error?: string };

export interface ClientOptions {
  readonly url: string;
  readonly key: string;
  /** An old `Mcp-Session-Id` to go on with instead of initializing. */
  readonly sessionId?: string;
  /** Whether it asks for all tools, as a chat does when it begins. */
  readonly lists?: boolean;
  /** What the program calls itself. */
  readonly name?: string;
  readonly version?: string;
  /** Working folder of its process. */
  readonly cwd?: string;
}

/** Starts the client and waits until it is connected. */
export async function startClient(options: ClientOptions): Promise<RealClient> {
  const child = fork(join(import.meta.dirname, 'client-process.mjs'), [], {
    env: { ...process.env, CLIENT_OPTIONS: JSON.stringify(options) },
    cwd: options.cwd,
  });
  const [ready] = (await firstOf(child)) as [{ transportId?: string; error?: string }];
  if (!ready.transportId) throw new Error(`the client could not connect: ${ready.error}`);
  let calls = 0;
  return {
    transportId: ready.transportId,
    async call(name, args = {}) {
      calls += 1;
      const id = calls;
      const answered = new Promise<Answer>((resolve) => {
        const listen = (answer: Answer) => {
          if (answer.id !== id) return;
          child.off('message', listen);
          resolve(answer);
        };
        child.on('message', listen);
      });
      child.send({ id, name, args });
      const { result, error } = await answered;
      if (error !== undefined) throw new Error(error);
      return result as { structuredContent?: Record<string, unknown> };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function firstOf(child: ChildProcess): Promise<unknown[]> {
  const ended = once(child, 'exit').then(([code]) => [{ error: `it ended with code ${code}` }]);
  return Promise.race([once(child, 'message'), ended]);
}
