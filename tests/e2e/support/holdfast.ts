import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { electronLaunchOptions } from '../../../scripts/runtime/electron/electron.mjs';
import { type ClientOptions, type RealClient, startClient } from './client';

/** The real app with its real window, on a data folder of its own. */
export interface Holdfast {
  readonly app: ElectronApplication;
  readonly window: Page;
  readonly url: string;
  readonly folder: string;
  /** Calls REST with the admin key and returns the body. */
  admin<T>(path: string, init?: { method: string; body?: unknown }): Promise<T>;
  /** Opens a view by its link in the navigation. */
  open(view: 'Overview' | 'Sessions' | 'Servers' | 'History' | 'Connect' | 'Settings' | 'Diagnostics'): Promise<void>;
  /** Creates a client and returns its key. */
  newKey(name: string): Promise<string>;
  /** Ends the app and the servers that it started. More than once is fine. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Data folder to go on with. */
  readonly folder: string;
  readonly env?: Record<string, string>;
  /** Arguments for the app. */
  readonly args?: readonly string[];
}

/** Starts the built app, with a window or without. Whoever starts it closes it. */
export function launchApp({ folder, env = {}, args = [] }: LaunchOptions): Promise<ElectronApplication> {
  return _electron.launch({
    ...electronLaunchOptions(args),
    env: {
      ...inherited(),
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_PORT: '0',
      HOLDFAST_STREAM_GRACE: '1',
      // The keychain of whoever runs the tests is left alone.
      HOLDFAST_SECRETS: 'file',
      ...env,
    },
  });
}

/** Starts the built app and waits for its window. Whoever starts it closes it. */
export async function launchHoldfast(options: LaunchOptions): Promise<Holdfast> {
  const { folder } = options;
  const app = await launchApp(options);
  const window = await Promise.race([app.firstWindow(), refusal(app)]);
  await window.locator('[data-connection="live"]').waitFor();
  const found = readEndpointFile(folder);
  if (found === null) throw new Error('the app wrote no endpoint.json');
  const { url, admin_key } = found;

  const admin = async <T>(path: string, init?: { method: string; body?: unknown }): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method: init?.method ?? 'GET',
      headers: { authorization: `Bearer ${admin_key}`, 'content-type': 'application/json' },
      body: init?.body === undefined ? undefined : JSON.stringify(init.body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const newKey = async (name: string) => {
    const body = { name, type: 'other' };
    return (await admin<{ client_key: string }>('/api/mcp/clients', { method: 'POST', body })).client_key;
  };
  const open: Holdfast['open'] = async (view) => {
    await window
      .getByRole('navigation')
      .getByRole('link', { name: new RegExp(`^${view}`) })
      .click();
    await window.getByRole('heading', { level: 1, name: view }).waitFor();
  };
  const end = async () => {
    const keeper = await keeperOf(admin);
    await app.close();
    // Servers outlive a Holdfast that stops, and the keeper with them.
    if (keeper !== null) endProcess(keeper);
  };
  let ending: Promise<void> | null = null;
  const close = () => {
    ending ??= end();
    return ending;
  };
  return { app, window, url, folder, admin, open, newKey, close };
}

/** The process that owns the servers; null while there is none. */
export async function keeperOf(admin: Holdfast['admin']): Promise<number | null> {
  return (await admin<{ keeper: { pid: number } | null }>('/api/mcp/servers')).keeper?.pid ?? null;
}

/** Asks a process to end; one that has ended already is fine. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Rejects when the app says that it cannot start: then it shows a message box, and no window ever comes. */
function refusal(app: ElectronApplication): Promise<never> {
  return new Promise((_resolve, reject) => {
    let printed = '';
    app.process().stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes('cannot start')) return;
      app.process().kill('SIGKILL');
      reject(new Error(printed));
    });
  });
}

/** The environment without what would change where Holdfast keeps its data or which era it speaks. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(HOLDFAST_|MCP_|ELECTRON_RUN_AS_NODE)/.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

interface Fixtures {
  /** A fresh data folder, removed after the test. */
  folder: string;
  /** The app on that folder. */
  holdfast: Holdfast;
  /** Starts a real MCP client in a process of its own; it is ended after the test. */
  connect: (options: Omit<ClientOptions, 'url'>) => Promise<RealClient>;
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  holdfast: async ({ folder }, use) => {
    const holdfast = await launchHoldfast({ folder });
    await use(holdfast);
    await holdfast.close();
  },
  connect: async ({ folder }, use) => {
    const clients: RealClient[] = [];
    await use(async (options) => {
      const url = readEndpointFile(folder)?.url ?? '';
      const client = await startClient({ ...options, url: `${url}/mcp` });
      clients.push(client);
      return client;
    });
    for (const client of clients) client.kill();
  },
});

export { expect } from '@playwright/test';
