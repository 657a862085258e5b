import { spawn } from 'node:child_process';
import { isLoopbackHost } from '../../shared/model/loopback';

/** Whether this terminal has a browser beside it: not over SSH, and not without a desktop. */
function hasBrowser({ SSH_CONNECTION, SSH_TTY, DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): boolean {
  if (SSH_CONNECTION || SSH_TTY) return false;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  linux: ['xdg-open'],
  // `start` would need a shell.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an address in the user's browser, without a shell: https, http of this machine, or a file. Returns whether that was
 * tried. Every user of the machine can see the address in the list of processes, so it must hold no secret.
 */
export function openBrowser(address: string): boolean {
  const url = new URL(address);
  const isAllowed =
    url.protocol === 'https:' || url.protocol === 'file:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
  const [command, ...args] = OPENERS[process.platform] ?? [];
  if (!isAllowed || command === undefined || !hasBrowser(process.env)) return false;
  const browser = spawn(command, [...args, url.href], { stdio: 'ignore', detached: true });
  browser.on('error', () => {});
  browser.unref();
  return true;
}
