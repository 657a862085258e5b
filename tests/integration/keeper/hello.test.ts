import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { encodeText, FRAME, PROTOCOL_VERSION } from '#src/main/upstream/keeper/frames.js';
import { KEEPER } from '#tests/support/paths';
import { ask, connectRaw, keeperAddress, keeperFile, request } from './raw-supervisor';
import { eventually, Heard, isRunning, keeperTest, running, target } from './support';

const test = keeperTest
  /** A keeper with one child and no supervisor. */
  .extend('leftKeeper', ({ openLink }) => async (): Promise<{ keeper: number; child: number }> => {
    const first = openLink();
    const { pid } = await first.spawn('a', target('cat'), new Heard());
    const keeper = first.keeper?.pid ?? 0;
    await first.release();
    return { keeper, child: pid };
  });

const file = (folder: string) => keeperFile(folder);
const address = (folder: string) => keeperAddress(folder);

/** The program of a keeper as another version of Holdfast would have it. */
function otherProgram(folder: string): string {
  const sources = dirname(KEEPER);
  const copy = join(folder, 'other');
  mkdirSync(copy);
  for (const name of readdirSync(sources).filter((each) => each.endsWith('.js'))) {
    const source = readFileSync(join(sources, name), 'utf8');
    writeFileSync(join(copy, name), source.replace('PROTOCOL_VERSION = 1', 'PROTOCOL_VERSION = 999'));
  }
  writeFileSync(join(copy, 'package.json'), '{"type": "module"}');
  return join(copy, 'keeper.js');
}

/** A running one, with one child and no supervisor. */
async function otherVersion(folder: string): Promise<{ keeper: number; child: number }> {
  const program = otherProgram(folder);
  mkdirSync(dirname(keeperFile(folder)), { mode: 0o700 });
  const socket = join(dirname(keeperFile(folder)), 'other.sock');
  writeFileSync(keeperFile(folder), JSON.stringify({ socket, secret: 'known' }));
  const keeper = spawn(process.execPath, [program, keeperFile(folder)], { stdio: 'ignore' });
  await eventually(() => existsSync(socket));
  const supervisor = await connectRaw(folder);
  await ask(supervisor, { do: 'hello', version: 999, secret: 'known', pid: process.pid });
  const { pid } = await ask(supervisor, { do: 'spawn', child_id: 'a', target: { command: 'cat', args: [], env: {} } });
  supervisor.destroy();
  return { keeper: keeper.pid ?? 0, child: Number(pid) };
}

describe('the keeper', () => {
  test('is found by files that only the user may read', async ({ folder, leftKeeper }) => {
    await leftKeeper();
    expect(statSync(dirname(file(folder))).mode & 0o777).toBe(0o700);
    expect(statSync(file(folder)).mode & 0o777).toBe(0o600);
    expect(statSync(address(folder).socket).mode & 0o777).toBe(0o600);
    expect(address(folder).secret).toHaveLength(43);
  });

  test('is found although the path of the data folder is too long for a socket', async ({ folder, openLink }) => {
    const long = join(folder, 'x'.repeat(120));
    const first = openLink({ folder: long });
    const kept = await first.spawn('a', target('cat'), new Heard());
    const { socket } = JSON.parse(readFileSync(join(long, 'keeper/keeper.json'), 'utf8'));
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    await first.release();
    expect(await first.attach()).toBe(true);
    expect(first.found).toEqual([kept]);
  });

  test('is not found where none was, or where it has ended', async ({ openLink, leftKeeper }) => {
    expect(await openLink().attach()).toBe(false);
    const { keeper } = await leftKeeper();
    process.kill(keeper, 'SIGKILL');
    await eventually(() => !isRunning(keeper));
    expect(await openLink().attach()).toBe(false);
  });

  test('is waited for no longer than 2 s when it hangs; another one is started', async ({ openLink, leftKeeper }) => {
    const { keeper } = await leftKeeper();
    process.kill(keeper, 'SIGSTOP');
    const next = openLink();
    const start = performance.now();
    expect(await next.attach()).toBe(false);
    expect(performance.now() - start).toBeLessThan(2500);
    await next.spawn('b', target('cat'), new Heard());
    expect(next.keeper?.pid).not.toBe(keeper);
    process.kill(keeper, 'SIGTERM');
    process.kill(keeper, 'SIGCONT');
    await eventually(() => !isRunning(keeper));
  });

  test('has one supervisor at a time, and says which', async ({ openLink }) => {
    const first = openLink();
    await first.spawn('a', target('cat'), new Heard());
    await expect(openLink().attach()).rejects.toMatchObject({
      code: 'already_running',
      message: `Another supervisor is connected: process ${process.pid}.`,
    });
    await expect(openLink().spawn('b', target('cat'), new Heard())).rejects.toMatchObject({ code: 'already_running' });
    // The first one has not noticed.
    expect(await first.stderr('a')).toEqual([]);
  });

  test('accepts exactly one of many that come at once', async ({ openLink, leftKeeper }) => {
    await leftKeeper();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => openLink().attach()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toEqual(Array.from({ length: 9 }, () => 'already_running'));
  });

  test('of another version is ended with its children, which is reported, and a new one takes its place', async ({
    folder,
    openLink,
  }) => {
    const { keeper, child } = await otherVersion(folder);
    const next = openLink();
    const lost: [number, number][] = [];
    next.onLost((pid, children) => lost.push([pid, children]));
    expect(await next.attach()).toBe(false);
    expect(lost).toEqual([[keeper, 1]]);
    expect(next.found).toEqual([]);
    const heard = new Heard();
    await next.spawn('a', target('cat'), heard);
    next.write('a', 'x');
    await heard.untilLines(1);
    await eventually(() => !isRunning(keeper));
    expect(running([child])).toEqual([]);
  });

  test('with another secret is left alone: a new one takes its place', async ({ folder, openLink, leftKeeper }) => {
    const { keeper, child } = await leftKeeper();
    const before = address(folder);
    writeFileSync(file(folder), JSON.stringify({ ...before, secret: randomBytes(32).toString('base64url') }));
    const next = openLink();
    expect(await next.attach()).toBe(false);
    const heard = new Heard();
    await next.spawn('a', target('cat'), heard);
    next.write('a', 'x');
    expect(await heard.untilLines(1)).toEqual(['x']);
    expect(next.keeper?.pid).not.toBe(keeper);
    expect(address(folder).socket).not.toBe(before.socket);
    expect(isRunning(keeper)).toBe(true);
    expect(running([child])).toEqual([child]);
    process.kill(keeper, 'SIGTERM');
    await eventually(() => !isRunning(keeper));
  });

  test('starts afresh where its file is damaged', async ({ folder, openLink, leftKeeper }) => {
    const { keeper } = await leftKeeper();
    writeFileSync(file(folder), '{"socket":');
    const next = openLink();
    expect(await next.attach()).toBe(false);
    await next.spawn('b', target('cat'), new Heard());
    process.kill(keeper, 'SIGTERM');
    await eventually(() => !isRunning(keeper));
  });

  test('that an upgrade replaced under a Holdfast that runs is told in a sentence', async ({ folder, openLink }) => {
    const { execPath } = process;
    const replaced = join(folder, 'node');
    // Without the four words before what its program is given.
    writeFileSync(replaced, `#!/bin/sh\nshift 4\nexec '${execPath}' '${otherProgram(folder)}' "$@"\n`, { mode: 0o755 });
    process.execPath = replaced;
    try {
      await expect(openLink().spawn('a', target('cat'), new Heard())).rejects.toThrow(
        'Another version of Holdfast was installed while this one runs.',
      );
    } finally {
      process.execPath = execPath;
    }
  });

  test('cuts off anybody who does not know the secret, and goes on', async ({ folder, openLink, leftKeeper }) => {
    await leftKeeper();
    const hostile = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(100_000),
      request({ do: 'stop' }),
      request({ do: 'spawn', child_id: 'x', target: { command: 'cat', args: [], cwd: null, env: {} } }),
      encodeText(FRAME.line, 1, 'x', true),
      encodeText(FRAME.request, 0, 'no JSON'),
    ];
    for (const bytes of hostile) {
      const socket = await connectRaw(folder);
      const isCut = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
      socket.resume().write(bytes);
      await isCut;
    }
    for (const secret of ['', 'wrong', null, 7]) {
      const socket = await connectRaw(folder);
      expect(await ask(socket, { do: 'hello', version: PROTOCOL_VERSION, secret, pid: 1 })).toEqual({
        id: 1,
        error: 'secret',
      });
      socket.write(request({ do: 'stop' }));
      await once(socket, 'close');
    }
    // One that says nothing is cut off after 2 s.
    await once((await connectRaw(folder)).resume(), 'close');
    expect(await openLink().attach()).toBe(true);
  });
});
