import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { inRepository } from '#tests/support/paths';

/** The real supervisor without a window, in a process of its own. */
export interface Headless {
  readonly url: string;
  readonly port: number;
  /** Link that signs one browser in. */
  readonly signInLink: string;
  /** Creates a client with the admin key and returns its key. */
  newKey(name: string): Promise<string>;
  /** SIGKILL; waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts the built headless host and waits until it has said where it is. */
export async function startHeadless(options: { folder: string; port?: number }): Promise<Headless> {
  const child = spawn(process.execPath, [inRepository('out/main/headless.js')], {
    env: {
      ...process.env,
      HOLDFAST_DATA_DIR: options.folder,
      HOLDFAST_PORT: String(options.port ?? 0),
      HOLDFAST_STREAM_GRACE: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const signInLink = await linkFrom(child);
  const { origin, port } = new URL(signInLink);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const newKey = async (name: string) => {
    const answer = await fetch(`${origin}/api/mcp/clients`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readEndpointFile(options.folder)?.admin_key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name, type: 'other' }),
    });
    return ((await answer.json()) as { client_key: string }).client_key;
  };
  return {
    url: origin,
    port: Number(port),
    signInLink,
    newKey,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function linkFrom(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the host has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const link = /http:\S+#ticket=\S+/.exec(line)?.[0];
    if (link) return link;
  }
  throw new Error('the host ended without printing a sign-in link');
}
