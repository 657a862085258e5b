import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askBus } from '#src/main/desktop/has-tray';
import { startPanel } from '#tests/e2e/support/panel';
import { visibleErrors } from '#tests/support/visible-errors';
import { ensureDbusMock } from '../../../scripts/runtime/system/dbus-mock.mjs';

const env = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...process.env, ...more });

describe.skipIf(process.platform !== 'linux')('whether the desktop shows tray icons', () => {
  test('it does where a panel for them is on the session bus', { timeout: 30_000 }, async () => {
    const panel = await startPanel();
    onTestFinished(() => panel.close());
    expect(await askBus(env(panel.env))).toBe(true);
  });

  test('it does not on a bus without one, as GNOME has', { timeout: 30_000 }, async () => {
    const { daemon } = await ensureDbusMock();
    const bus = visibleErrors(
      spawn(daemon, ['--session', '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    onTestFinished(async () => {
      bus.kill();
      await once(bus, 'exit');
    });
    const [address] = await once(bus.stdout, 'data');
    expect(await askBus(env({ DBUS_SESSION_BUS_ADDRESS: String(address).trim() }))).toBe(false);
  });

  test('nobody knows without a bus, or without a program to ask it', async () => {
    expect(await askBus(env({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' }))).toBeNull();
    expect(await askBus({ PATH: '/nowhere' })).toBeNull();
  });
});
