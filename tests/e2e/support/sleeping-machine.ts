import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ensureDbusMock } from '../../../scripts/runtime/system/dbus-mock.mjs';

const LIMIT = 15_000;
/** Says on the bus what logind says: `org.freedesktop.login1.Manager.PrepareForSleep` (systemd, org.freedesktop.login1). */
const SAY = `
import sys, dbus
bus = dbus.bus.BusConnection(sys.argv[1])
manager = dbus.Interface(bus.get_object('org.freedesktop.login1', '/org/freedesktop/login1'), 'org.freedesktop.DBus.Mock')
manager.EmitSignal('org.freedesktop.login1.Manager', 'PrepareForSleep', 'b', [sys.argv[2] == 'sleep'])
`;
/** Waits until the mock has its name. */
const WAIT = `
import sys, time, dbus
bus = dbus.bus.BusConnection(sys.argv[1])
until = time.monotonic() + 10
while not bus.name_has_owner('org.freedesktop.login1'):
    if time.monotonic() > until: sys.exit('logind was not mocked in time')
    time.sleep(0.05)
`;

/** A system bus of its own with a mock of logind, on which a test says that the machine sleeps and wakes. */
export interface SleepingMachine {
  /** What a program needs so that this is its system bus. */
  readonly env: Record<string, string>;
  sleep(): Promise<void>;
  wake(): Promise<void>;
  close(): Promise<void>;
}

/** @throws SetupError when this machine cannot have one */
export async function startSleepingMachine(): Promise<SleepingMachine> {
  const { python, daemon } = await ensureDbusMock();
  const bus = spawn(daemon, ['--session', '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await firstLine(bus);
  const env = { DBUS_SYSTEM_BUS_ADDRESS: address };
  const mock = spawn(python, ['-m', 'dbusmock', '--system', '--template', 'logind'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tell = (script: string, ...args: string[]) =>
    promisify(execFile)(python, ['-c', script, address, ...args], { timeout: LIMIT });
  const close = async () => {
    for (const child of [mock, bus]) await ended(child);
  };
  try {
    await tell(WAIT);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    env,
    sleep: async () => void (await tell(SAY, 'sleep')),
    wake: async () => void (await tell(SAY, 'wake')),
    close,
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the bus has no output');
  const [line] = await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(LIMIT) });
  return String(line);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
