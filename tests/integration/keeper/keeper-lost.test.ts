import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import { endLeftOvers } from '#src/main/upstream/keeper/left-over';
import { startedAt } from '#src/main/upstream/keeper/process-group.js';
import { eventually, Heard, isRunning, nodeTarget, processes, running, target, keeperTest as test } from './support';

/** Neither it nor its child cares for the end of its input or for SIGTERM. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const { spawn } = require('node:child_process');
  spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1000; done'], { stdio: 'ignore' });
  setInterval(() => {}, 1e6);
  console.log('up');`;

const keeperPid = (link: KeeperProcessLink) => link.keeper?.pid ?? 0;

describe('when the keeper is killed', () => {
  test('reports each child’s end and the loss, leaves no process, and starts another one for the next child', async ({
    link,
  }) => {
    const lost: [number, number][] = [];
    const told = new Promise<void>((resolve) => {
      link.onLost((pid, children) => {
        lost.push([pid, children]);
        resolve();
      });
    });
    const [calm, stubborn] = [new Heard(), new Heard()];
    const groups = [
      (await link.spawn('calm', target('cat'), calm)).pid,
      (await link.spawn('stubborn', nodeTarget(STUBBORN), stubborn)).pid,
    ];
    await stubborn.untilLines(1);
    const before = keeperPid(link);
    process.kill(before, 'SIGKILL');
    await told;
    expect(lost).toEqual([[before, 2]]);
    for (const heard of [calm, stubborn]) expect(heard.end).toMatchObject({ keeperLost: true, code: null });
    expect(link.keeper).toBeNull();

    const again = new Heard();
    await link.spawn('calm', target('cat'), again);
    expect(keeperPid(link)).not.toBe(before);
    link.write('calm', 'x');
    await again.untilLines(1);
    await eventually(() => running(groups).length === 0);
  });

  test('fails what was asked of it at once', async ({ link }) => {
    await link.spawn('a', target('cat'), new Heard());
    process.kill(keeperPid(link), 'SIGSTOP');
    const asked = link.stderr('a');
    process.kill(keeperPid(link), 'SIGKILL');
    await expect(asked).rejects.toMatchObject({ code: 'server_unavailable' });
  });

  test('ends what the leader of a group left behind when it went with the keeper', async ({ link }) => {
    const heard = new Heard();
    // The shell ends with its input; the sleeper does not.
    const { pid } = await link.spawn('a', target('sh', '-c', 'sleep 1000 <&- & echo up; read line'), heard);
    await heard.untilLines(1);
    process.kill(keeperPid(link), 'SIGKILL');
    await heard.untilEnd();
    await eventually(() => running([pid]).length === 0);
  });

  test('ends its children on SIGTERM', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', nodeTarget(STUBBORN), heard);
    await heard.untilLines(1);
    const keeper = keeperPid(link);
    process.kill(keeper, 'SIGTERM');
    await heard.untilEnd();
    await eventually(() => !isRunning(keeper) && running([pid]).length === 0);
  });
});

describe('a descendant in a session of its own', () => {
  /** It leaves the group, ignores SIGTERM, and says where it is. */
  const LEAVER = `
    const { spawn } = require('node:child_process');
    const left = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' });
    left.unref();
    console.log(left.pid);
    process.stdin.on('end', () => process.exit()).resume();`;

  test('is ended with its server', async ({ link }) => {
    const heard = new Heard();
    await link.spawn('a', nodeTarget(LEAVER), heard);
    const [left = ''] = await heard.untilLines(1);
    expect(running([Number(left)])).toHaveLength(1);
    await link.end('a');
    expect(running([Number(left)])).toEqual([]);
  });

  test('is ended when its server ends by itself', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', nodeTarget(LEAVER), heard);
    const [left = ''] = await heard.untilLines(1);
    process.kill(pid, 'SIGKILL');
    await heard.untilEnd();
    await eventually(() => running([Number(left)]).length === 0);
  });

  test('is ended when the keeper is killed', async ({ link }) => {
    const heard = new Heard();
    await link.spawn('a', nodeTarget(LEAVER), heard);
    const [left = ''] = await heard.untilLines(1);
    process.kill(keeperPid(link), 'SIGKILL');
    await heard.untilEnd();
    await eventually(() => running([Number(left)]).length === 0);
  });
});

describe('what an earlier run left', () => {
  async function leave(
    link: KeeperProcessLink,
    program: string,
  ): Promise<{ child_id: string; pid: number; pid_started: string }> {
    const heard = new Heard();
    const child = await link.spawn('left', nodeTarget(program), heard);
    await heard.untilLines(1);
    const keeper = keeperPid(link);
    await link.release();
    process.kill(keeper, 'SIGKILL');
    await eventually(() => !isRunning(keeper));
    return child;
  }

  test('is ended, with its group', async ({ link }) => {
    const child = await leave(link, STUBBORN);
    expect(running([child.pid])).toHaveLength(3);
    expect(await link.attach()).toBe(false);
    expect(await endLeftOvers([child])).toEqual([child]);
    expect(running([child.pid])).toEqual([]);
  });

  test('is ended by its mark when only a descendant is left, and no record', async ({ link, openLink }) => {
    const child = await leave(
      link,
      `
      require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' });
      process.stdin.on('end', () => process.exit()).resume();
      console.log('up');`,
    );
    await eventually(() => !isRunning(child.pid));
    expect(running([child.pid])).toHaveLength(1);
    const next = openLink();
    expect(await next.attach()).toBe(false);
    expect(await next.endStrays()).toBe(1);
    expect(running([child.pid])).toEqual([]);
    expect(await next.endStrays()).toBe(0);
  });

  test('is ended by its mark when the supervisor died soon after the keeper', async ({ link, openLink }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('left', nodeTarget(STUBBORN), heard);
    await heard.untilLines(1);
    process.kill(keeperPid(link), 'SIGKILL');
    await heard.untilEnd();
    // The supervisor has begun to end it, and is gone before it could finish: its successor finds it all the same.
    const next = openLink();
    expect(await next.endStrays()).toBe(1);
    expect(running([pid])).toEqual([]);
  });

  test('is left alone when it is of another data folder, or of a child that runs', async ({
    link,
    openLink,
    newFolder,
  }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('mine', target('cat'), heard);
    expect(await openLink({ folder: newFolder() }).endStrays()).toBe(0);
    expect(await link.endStrays()).toBe(0);
    expect(running([pid])).toHaveLength(1);
  });

  test('is left alone when the pid is of another process by now', async ({ link }) => {
    const child = await leave(link, STUBBORN);
    const [boot] = child.pid_started.split(':');
    for (const pid_started of [`${boot}:1`, `another-boot:${child.pid_started.split(':')[1]}`, '']) {
      expect(await endLeftOvers([{ ...child, pid_started }])).toEqual([]);
    }
    expect(running([child.pid])).toHaveLength(3);
    await endLeftOvers([child]);
  });

  test('is nothing when all is gone', async () => {
    expect(await endLeftOvers([{ child_id: 'a', pid: 4_194_303, pid_started: 'x:1' }])).toEqual([]);
    expect(startedAt(4_194_303)).toBe('');
  });
});

describe('a keeper that cannot start', () => {
  test('is reported in a sentence', async ({ link }) => {
    const { execPath } = process;
    process.execPath = '/bin/false';
    try {
      const start = performance.now();
      await expect(link.spawn('a', target('cat'), new Heard())).rejects.toThrow(
        /The keeper of the servers could not be started \(it ended with code 1\)\. See .*keeper\.log\./,
      );
      expect(performance.now() - start).toBeLessThan(2000);
    } finally {
      process.execPath = execPath;
    }
  });
});

describe('a keeper whose files cannot be written', () => {
  test('is reported in a sentence', async ({ folder, link }) => {
    writeFileSync(join(folder, 'keeper'), 'a file where the folder should be');
    await expect(link.spawn('a', target('cat'), new Heard())).rejects.toThrow(
      /^The keeper of the servers could not be started: .*EEXIST/,
    );
  });
});

describe('no event', () => {
  test('is awaited from a child that was ended while the keeper fell', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', nodeTarget(STUBBORN), heard);
    await heard.untilLines(1);
    const lost = new Promise((resolve) => link.onLost(resolve));
    const ending = link.end('a');
    process.kill(keeperPid(link), 'SIGKILL');
    await Promise.all([lost, ending]);
    expect(running([pid])).toEqual([]);
    expect(heard.end).toBeNull();
  });
});

test('what a keeper that hung starts too late is ended: nobody knows of it', async ({ openLink }) => {
  const link = openLink({ spawnLimitMs: 200 });
  await link.spawn('first', target('cat'), new Heard());
  const keeper = keeperPid(link);
  process.kill(keeper, 'SIGSTOP');
  await expect(link.spawn('late', target('cat'), new Heard())).rejects.toThrow(/does not answer/);
  process.kill(keeper, 'SIGCONT');
  await link.end('first');
  // The keeper does one after the other: by now the late one has been started.
  const { pid } = await link.spawn('next', target('cat'), new Heard());
  const owned = () => processes().flatMap((one) => (one.parent === keeper && one.state !== 'Z' ? [one.pid] : []));
  await eventually(() => owned().length === 1);
  expect(owned()).toEqual([pid]);
});
