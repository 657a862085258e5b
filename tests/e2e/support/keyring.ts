import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The service that libsecret talks to. */
const SERVICE = 'org.freedesktop.secrets';
const READY_MS = 10_000;
const STOP_MS = 3_000;

/** A real secret service, unlocked, on a D-Bus session of its own. */
export interface Keyring {
  /** What a program needs to find it. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a gnome-keyring that nobody else sees and waits until it answers. */
export async function startKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-keyring-'));
  const places = { XDG_RUNTIME_DIR: join(folder, 'run'), XDG_DATA_HOME: join(folder, 'data') };
  for (const place of Object.values(places)) mkdirSync(place, { mode: 0o700 });
  const started: ChildProcess[] = [];
  const stop = async () => {
    for (const child of started.reverse()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
      env: { ...process.env, ...places },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(bus);
    const env = { ...places, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus) };
    const keyring = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--foreground'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    started.push(keyring);
    keyring.stdin?.end('password-of-the-test');
    await answers(env, keyring);
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout) for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the D-Bus daemon ended without saying its address');
}

/** Waits until the service has its name; a program that asked earlier would start a locked one. */
async function answers(env: Record<string, string>, keyring: ChildProcess): Promise<void> {
  const bus = 'org.freedesktop.DBus';
  const ask = ['--session', `--dest=${bus}`, '--print-reply', '/', `${bus}.NameHasOwner`, `string:${SERVICE}`];
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline && keyring.exitCode === null) {
    const { stdout } = await promisify(execFile)('dbus-send', ask, { env: { ...process.env, ...env } });
    if (stdout.includes('boolean true')) return;
    // The bus announces new names only to programs that keep listening.
    await delay(50);
  }
  throw new Error(`gnome-keyring-daemon did not become ready (exit code ${keyring.exitCode})`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(force);
}
