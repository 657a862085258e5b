import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect } from 'vitest';
import { KeeperAddressFile } from '#src/main/upstream/keeper/address-file';
import { KEEPER } from '#tests/support/paths';
import { ask, connectRaw, keeperAddress } from './raw-supervisor';
import { eventually, isRunning, keeperTest as test } from './support';

let keeper: ChildProcess | undefined;
const opened: number[] = [];

afterEach(async () => {
  for (const descriptor of opened.splice(0)) closeSync(descriptor);
  keeper?.kill();
  await eventually(() => !isRunning(keeper?.pid ?? 0));
});

const open = (path: string): number => {
  const descriptor = openSync(path, 'a');
  opened.push(descriptor);
  return descriptor;
};

describe.skipIf(process.platform !== 'linux')('what the program that starts the keeper left open', () => {
  test('is closed where it is a socket or a file of the data folder; everything else stays', async ({
    folder,
    newFolder,
  }) => {
    const elsewhere = newFolder();
    mkdirSync(join(folder, 'window'));
    const storage = join(folder, 'window', 'LOCK');
    const other = join(elsewhere, 'other');
    const place = new KeeperAddressFile(folder);
    const { socket } = place.renew();
    // Node makes pairs of sockets of what it calls pipes.
    const stdio = ['ignore', 'ignore', open(place.log), 'pipe', open(storage), open(other)] as const;
    keeper = spawn(process.execPath, [KEEPER, place.file, '60000', '60000'], { stdio: [...stdio] });
    const ours = keeper.stdio[3] as Readable;
    const otherEndClosed = once(ours, 'end');
    ours.resume();

    await otherEndClosed;
    await eventually(() => readdirSync(join(folder, 'keeper')).some((name) => socket.endsWith(name)));
    const found = readdirSync(`/proc/${keeper.pid}/fd`).map((name) => readlinkSync(`/proc/${keeper?.pid}/fd/${name}`));
    expect(found).toContain(other);
    expect(found).toContain(place.log);
    expect(found).not.toContain(storage);
    const supervisor = await connectRaw(folder);
    const { secret } = keeperAddress(folder);
    const hello = await ask(supervisor, { do: 'hello', version: 0, secret, pid: process.pid });
    expect(hello).toMatchObject({ error: 'version', pid: keeper.pid });
    supervisor.destroy();
  });
});
