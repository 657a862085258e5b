import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { FIXTURE_SERVER } from '../paths';
import { visibleErrors } from '../visible-errors';
import { counter } from './configs';

/** The server with the conformance suite's fixtures, over stdio. */
export const fixtureOverStdio = (name: string): ServerConfig => ({
  ...counter(name),
  target: { kind: 'stdio', command: process.execPath, args: [FIXTURE_SERVER, 'stdio'], cwd: null, env: {} },
  fingerprint: 'fixture',
});

/** The same over HTTP, in a process of its own that nobody supervises. `modern` speaks 2026-07-28 alone. */
export async function startFixtureOverHttp(
  name: string,
  eras: 'both' | 'modern' = 'both',
): Promise<{ config: ServerConfig; stop(): Promise<void> }> {
  const args = [FIXTURE_SERVER, 'http', '0', eras];
  const child = visibleErrors(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  const ended = once(child, 'exit');
  const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.exitCode !== null) throw new Error(`the fixture server ended with code ${child.exitCode}`);
  const url = String(line).trim();
  return {
    config: { ...counter(name), target: { kind: 'http', url, headers: {} }, fingerprint: url },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
