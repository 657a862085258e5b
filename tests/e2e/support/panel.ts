import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { visibleErrors } from '#tests/support/visible-errors';
import { ensureDbusMock } from '../../../scripts/runtime/system/dbus-mock.mjs';

const LIMIT = 15_000;

/** A panel with a tray, on a session bus of its own. */
export interface Panel {
  /** What a program needs so that this is its session bus. */
  readonly env: Record<string, string>;
  /** The labels in the menu of the tray's item; none before it has a menu. */
  menu(): readonly string[];
  /** Clicks an entry of the menu. */
  click(label: string): void;
  /** The titles of all notifications so far. */
  notifications(): readonly string[];
  /** The texts of all notifications so far, without their titles. */
  notificationBodies(): readonly string[];
  /** How many notifications the program took back. */
  closedNotifications(): number;
  /** Clicks the newest notification. */
  clickNotification(): void;
  close(): Promise<void>;
}

/** @throws SetupError when this machine cannot have one */
export async function startPanel(): Promise<Panel> {
  const { python, daemon } = await ensureDbusMock();
  const bus = visibleErrors(
    spawn(daemon, ['--session', '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const address = await nextLine(bus);
  const host = visibleErrors(
    spawn(python, [join(import.meta.dirname, 'tray-host.py'), address], { stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  let menu: readonly string[] = [];
  const notifications: { title: string; body: string }[] = [];
  let closed = 0;
  await nextLine(host);
  createInterface({ input: host.stdout }).on('line', (line) => {
    const said: readonly string[] | { title: string; body: string } | { closed: number } = JSON.parse(line);
    if ('title' in said) notifications.push(said);
    else if ('closed' in said) closed += 1;
    else menu = said;
  });
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    menu: () => menu,
    click: (label) => void host.stdin.write(`${label}\n`),
    notifications: () => notifications.map(({ title }) => title),
    notificationBodies: () => notifications.map(({ body }) => body),
    closedNotifications: () => closed,
    clickNotification: () => void host.stdin.write('org.freedesktop.Notifications\n'),
    async close() {
      for (const child of [host, bus]) await ended(child);
    },
  };
}

async function nextLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('there is no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(LIMIT) });
  lines.close();
  return String(line);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
