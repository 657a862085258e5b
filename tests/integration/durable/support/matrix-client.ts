import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Json } from '#tests/support/clients/mcp-http';
import { MCP_REMOTE } from '#tests/support/paths';
import { visibleErrors } from '#tests/support/visible-errors';

export const KINDS = ['v1', 'v1 of 2025-06-18', 'v1 of 2025-03-26', 'v2', 'v2 auto', 'mcp-remote'] as const;
export type Kind = (typeof KINDS)[number];

/** How the result begins that stands for a call that goes on. */
const STILL_RUNNING = 'Still running';

/** What a client learned of one call in the end. */
export type Seen = { readonly count: Json; readonly ms: number } | { readonly error: string; readonly ms: number };

/** A real client in a process group of its own. */
export class MatrixClient {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: { result?: Json; error?: string }) => void>();
  private calls = 0;

  private constructor(child: ChildProcess) {
    this.child = child;
    child.on('message', ({ id, ...answer }: { id: number; result?: Json; error?: string }) => {
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    });
  }

  /** Starts it and waits until it is connected. */
  static async start(options: {
    kind: Kind;
    url: string;
    key: string;
    timeout: number;
    /** Where it may keep files. */
    folder: string;
    /** What it calls itself. By default it is a program that keeps one chat in one process. */
    name?: string;
    /** Its working folder. */
    cwd?: string;
  }): Promise<MatrixClient> {
    const child = visibleErrors(
      spawn(process.execPath, [join(import.meta.dirname, '../programs/matrix-client.mjs')], {
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          CLIENT_OPTIONS: JSON.stringify({ ...options, remote: MCP_REMOTE }),
        },
        cwd: options.cwd,
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        detached: true,
      }),
    );
    const ended = once(child, 'exit').then(() => [{ failed: 'it ended' }]);
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [{ failed?: string }];
    if (said.failed !== undefined) throw new Error(`${options.kind} could not connect: ${said.failed}`);
    return new MatrixClient(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Connects again from the same process, with a new `initialize`; the connection before is left as it is. */
  async connectAnew(): Promise<void> {
    const { error } = await this.ask({ connectAnew: true });
    if (error !== undefined) throw new Error(error);
  }

  /** Calls a tool that counts. */
  async count(name: string, args: object = {}): Promise<Seen> {
    const began = performance.now();
    const { result, error } = await this.ask({ name, args });
    const ms = Math.round(performance.now() - began);
    if (error !== undefined) return { error, ms };
    const text = result.content[0].text;
    return result.isError || text.startsWith(STILL_RUNNING) ? { error: text, ms } : { count: JSON.parse(text), ms };
  }

  /** Calls a tool. Returns its first text. */
  async text(name: string, args: object = {}): Promise<string> {
    const { result, error } = await this.ask({ name, args });
    return error ?? result.content[0].text;
  }

  /** Fetches the answer to a call that became a handle, and counts with it. */
  async fetchCount(handle: string): Promise<Seen> {
    for (;;) {
      const seen = await this.count('get_result', { handle });
      if (!('error' in seen) || !seen.error.startsWith(STILL_RUNNING)) return seen;
    }
  }

  private ask(what: object): Promise<{ result?: Json; error?: string }> {
    this.calls += 1;
    const id = this.calls;
    const answered = new Promise<{ result?: Json; error?: string }>((resolve) => this.waiting.set(id, resolve));
    this.child.send({ id, ...what });
    return answered;
  }

  /** SIGKILL for it and everything that it started. Whatever it was asked stays unanswered. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    process.kill(-(this.child.pid ?? 0), 'SIGKILL');
    await gone;
  }
}
