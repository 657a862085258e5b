import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { PROTOCOL_VERSION } from '#src/main/upstream/keeper/frames.js';
import type { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import { ask, connectRaw, keeperAddress } from './raw-supervisor';
import { eventually, Heard, isRunning, keeperTest, running, target } from './support';

const test = keeperTest.extend('linkOptions', { times: { idle: 300, alone: 600 } });

const keeperPid = (link: KeeperProcessLink) => link.keeper?.pid ?? 0;

describe('the keeper ends', () => {
  test('with its children when no supervisor came back in time', async ({ folder, link }) => {
    const { pid } = await link.spawn('a', target('cat'), new Heard());
    const keeper = keeperPid(link);
    const socket = keeperAddress(folder).socket;
    const start = performance.now();
    await link.release();
    await eventually(() => !isRunning(keeper));
    expect(performance.now() - start).toBeGreaterThan(590);
    expect(running([pid])).toEqual([]);
    expect(existsSync(socket)).toBe(false);
  });

  test('not while a supervisor is connected, nor when one came back in time', async ({ link }) => {
    const { pid } = await link.spawn('a', target('cat'), new Heard());
    const keeper = keeperPid(link);
    const start = performance.now();
    for (let round = 0; round < 3; round += 1) {
      await link.release();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await link.attach()).toBe(true);
    }
    await eventually(() => performance.now() - start > 1600);
    expect(isRunning(keeper)).toBe(true);
    expect(running([pid])).toEqual([pid]);
  });

  test('soon when it has neither child nor supervisor', async ({ folder, openLink }) => {
    const link = openLink({ times: { idle: 300, alone: 60_000 } });
    await link.spawn('a', target('cat'), new Heard());
    const keeper = keeperPid(link);
    await link.release();
    // A supervisor that does not let go, but is gone.
    const supervisor = await connectRaw(folder);
    const { secret } = keeperAddress(folder);
    await ask(supervisor, { do: 'hello', version: PROTOCOL_VERSION, secret, pid: process.pid });
    await ask(supervisor, { do: 'end', number: 1 });
    const start = performance.now();
    supervisor.destroy();
    await eventually(() => !isRunning(keeper));
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('not before it has reported the end of a child', async ({ link }) => {
    const { pid } = await link.spawn('a', target('cat'), new Heard());
    const keeper = keeperPid(link);
    await link.release();
    process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(isRunning(keeper)).toBe(true);
    expect(await link.attach()).toBe(true);
    const heard = new Heard();
    link.adopt('a', heard);
    expect(await heard.untilEnd()).toMatchObject({ signal: 'SIGKILL' });
  });

  test('at once when it is released without children', async ({ link }) => {
    await link.spawn('a', target('cat'), new Heard());
    const keeper = keeperPid(link);
    await link.end('a');
    await link.release();
    await eventually(() => !isRunning(keeper));
  });

  test('at once, with all children, when asked to', async ({ link }) => {
    const groups: number[] = [];
    for (const id of ['a', 'b', 'c']) groups.push((await link.spawn(id, target('cat'), new Heard())).pid);
    const keeper = keeperPid(link);
    await link.endAll();
    expect(running(groups)).toEqual([]);
    await eventually(() => !isRunning(keeper));
    expect(await link.attach()).toBe(false);
  });
});
