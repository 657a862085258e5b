import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Json } from '#tests/support/clients/mcp-http';
import { environment } from './support';

/** The bridge as a client drives it: lines in, lines out. */
export interface RawBridge {
  send(message: Json): void;
  sendLine(line: string): void;
  /** The next message that was not taken yet. */
  next(): Promise<Json>;
  /** The answer to a request, whatever comes before it. */
  request(method: string, params?: Json): Promise<Json>;
  initialize(): Promise<Json>;
  /** Lines of standard output so far. */
  lines(): readonly string[];
  stderr(): string;
  /** Resolves when standard error has said it. */
  said(text: string): Promise<void>;
  /** Closes its input and waits for its end; resolves with the exit code. */
  end(): Promise<number | null>;
  kill(): Promise<void>;
}

export function startRawBridge(
  program: string,
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): RawBridge {
  const child = spawn(process.execPath, [program, 'bridge', ...args], { env: { ...environment(folder), ...env } });
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let taken = 0;
  let rest = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      const taker = waiting.shift();
      if (taker) {
        taken += 1;
        taker(line);
      }
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let lastId = 0;
  const next = async (): Promise<Json> => {
    const known = lines[taken];
    if (known === undefined) return JSON.parse(await new Promise<string>((resolve) => waiting.push(resolve)));
    taken += 1;
    return JSON.parse(known);
  };
  const send = (message: Json) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request = async (method: string, params: Json = {}) => {
    lastId += 1;
    const id = `r${lastId}`;
    send({ id, method, params });
    for (;;) {
      const message = await next();
      if (message.id === id && message.method === undefined) return message;
    }
  };
  const exited = once(child, 'exit');
  return {
    send,
    sendLine: (line) => void child.stdin.write(`${line}\n`),
    next,
    request,
    async initialize() {
      const clientInfo = { name: 'raw-client', version: '1.0.0' };
      const answer = await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
      send({ method: 'notifications/initialized' });
      return answer;
    },
    lines: () => lines,
    stderr: () => stderr,
    async said(text) {
      while (!stderr.includes(text)) await once(child.stderr, 'data');
    },
    async end() {
      child.stdin.end();
      return (await exited)[0];
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
