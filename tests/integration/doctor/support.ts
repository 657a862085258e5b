import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EndpointFile } from '../../../src/main/endpoint-file';

const DOCTOR = resolve(import.meta.dirname, '../../../scripts/doctor.mjs');

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Runs the doctor as a person does, on a data folder. */
export async function runDoctor(folder: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [DOCTOR, ...args], { env: { ...process.env, HOLDFAST_DATA_DIR: folder } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** Leaves the file by which a Holdfast is found. */
export function writeEndpoint(folder: string, content: Partial<EndpointFile>): void {
  const whole = { url: 'http://127.0.0.1:1', pid: 1, version: '0.1.0', admin_key: 'hfa_never-to-be-seen', ...content };
  writeFileSync(join(folder, 'endpoint.json'), JSON.stringify(whole));
}

export const readEndpoint = (folder: string): EndpointFile =>
  JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));

/** A Holdfast without a window in a process of its own. */
export async function startHeadless(program: string, folder: string) {
  const env = { ...process.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((started, failed) => {
    child.once('exit', (code) => failed(new Error(`Holdfast ended with code ${code}`)));
    child.stdout.on('data', (text) => {
      if (String(text).includes('Endpoint:')) started();
    });
  });
  return {
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Some other program on a port: it answers as it is told, and remembers what it was asked. */
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
