import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ElectronApplication } from '@playwright/test';
import { inRepository } from '#tests/support/paths';
import { electronLaunchOptions } from '../../../scripts/runtime/electron/electron.mjs';
import { launchApp } from './holdfast';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
}

/** Closes the window as its user does, and waits until it is gone. */
export async function closeWindow(app: ElectronApplication): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const [window] = BrowserWindow.getAllWindows();
        window?.once('closed', () => resolve());
        window?.close();
      }),
  );
}

/** Starts the app as at login, without a window. */
export const launchHidden = (folder: string, env: Record<string, string> = {}): Promise<ElectronApplication> =>
  launchApp({ folder, env, args: ['--hidden'] });

/** Where the window is; undefined without one. */
export const boundsOf = (app: ElectronApplication): Promise<object | undefined> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());

/** How many renderer processes there are. */
export const rendererCount = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ app: electron }) => electron.getAppMetrics().filter(({ type }) => type === 'Tab').length);

/** Starts the app once more on the same data folder; that start ends by itself. */
export function startAgain(folder: string, args: readonly string[] = []): Promise<Outcome> {
  const { executablePath, args: all } = electronLaunchOptions(args);
  return outcomeOf(executablePath, all, folder);
}

/** Runs the command line on a data folder. */
export const runCommand = (folder: string, ...args: readonly string[]): Promise<Outcome> =>
  outcomeOf(process.execPath, [inRepository('out/main/holdfast.js'), ...args], folder);

async function outcomeOf(program: string, args: readonly string[], folder: string): Promise<Outcome> {
  const child = spawn(program, [...args], {
    env: { ...process.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, stdout };
}
