import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { eventually, Heard, nodeTarget, running, target, keeperTest as test } from './support';

const MIB = 1024 * 1024;

const memoryOf = (pid: number) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
};

describe('the bounds of the keeper', () => {
  test('hold while nobody takes 100 MB, and nothing of it is lost', async ({ openLink, link }) => {
    const program = `
      const line = 'x'.repeat(99_990);
      let at = 0;
      const step = () => {
        while (at < 1000) if (!console._stdout.write(String(at++).padStart(9, '0') + line + '\\n')) return process.stdout.once('drain', step);
        process.exitCode = 4;
      };
      process.stdin.once('data', () => { process.stdin.destroy(); step(); });`;
    const before = new Heard();
    await link.spawn('loud', nodeTarget(program), before);
    await link.spawn('other', target('cat'), new Heard());
    const keeper = link.keeper?.pid ?? 0;
    const small = memoryOf(keeper);
    link.write('loud', 'go');
    await link.release();
    // It is read until the bound, and no further.
    await eventually(() => memoryOf(keeper) > small + 12 * MIB);
    let most = 0;
    for (let look = 0; look < 20; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      most = Math.max(most, memoryOf(keeper));
    }
    expect(most - small).toBeLessThan(40 * MIB);

    link = openLink();
    await link.attach();
    let next = before.lines.length;
    const heard = new Heard();
    const wrong: string[] = [];
    link.adopt('loud', {
      onLine: (line) => {
        if (Number(line.slice(0, 9)) !== next || line.length !== 99_999) wrong.push(line.slice(0, 20));
        next += 1;
        return 0;
      },
      onExit: (end) => heard.onExit(end),
    });
    expect(await heard.untilEnd()).toMatchObject({ code: 4 });
    expect(wrong).toEqual([]);
    expect(next).toBe(1000);
    expect(memoryOf(keeper) - small).toBeLessThan(90 * MIB);
  });

  test('hold for all children together: many that flood it are held up, and one that says little is not', async ({
    openLink,
    link,
  }) => {
    const flood = target('sh', '-c', `read go && exec yes ${'x'.repeat(4_000)}`);
    const names = Array.from({ length: 24 }, (_, at) => `flood${at}`);
    for (const name of names) await link.spawn(name, flood, new Heard());
    await link.spawn('quiet', target('cat'), new Heard());
    const keeper = link.keeper?.pid ?? 0;
    const small = memoryOf(keeper);
    for (const name of names) link.write(name, 'go');
    await link.release();
    await eventually(() => memoryOf(keeper) > small + 100 * MIB);
    // Until it stops growing.
    let most = 0;
    for (let looks = 0; looks < 10; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = memoryOf(keeper);
      if (now > most + MIB) looks = 0;
      most = Math.max(most, now);
    }
    expect(most - small).toBeLessThan(256 * MIB);

    link = openLink();
    await link.attach();
    const quiet = new Heard();
    link.adopt('quiet', quiet);
    link.write('quiet', 'hello');
    expect(await quiet.untilLines(1)).toEqual(['hello']);
    // Far more than waited: what was held up goes on.
    let lines = 0;
    const heard = new Promise<void>((resolve) => {
      const onLine = () => {
        lines += 1;
        if (lines === 20_000) resolve();
        return 0;
      };
      link.adopt('flood0', { onLine, onExit: () => {} });
    });
    await heard;
  });

  test('let a child that is silent or does not read delay no other', async ({ link }) => {
    const quick = new Heard();
    const silent = target('sh', '-c', 'sleep 1000');
    await link.spawn('silent', silent, new Heard());
    await link.spawn('quick', target('cat'), quick);
    // Far more than a pipe holds.
    for (let count = 0; count < 20; count += 1) link.write('silent', 'x'.repeat(MIB));
    const start = performance.now();
    for (let count = 1; count <= 100; count += 1) {
      link.write('quick', String(count));
      await quick.untilLines(count);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('end a child that leaves 64 MiB of its input unread, with the reason', async ({ link }) => {
    const stuck = new Heard();
    const { pid } = await link.spawn('stuck', target('sleep', '1000'), stuck);
    for (let count = 0; count < 65; count += 1) link.write('stuck', 'x'.repeat(MIB));
    expect(await stuck.untilEnd()).toMatchObject({
      reason: 'did not read its input: 64 MiB were waiting',
      keeperLost: false,
    });
    expect(running([pid])).toEqual([]);
  });

  test('pass a line of 20 MiB in both directions', async ({ link }) => {
    const heard = new Heard();
    await link.spawn('a', target('cat'), heard);
    const line = `"${'ž'.repeat(10 * MIB)}"`;
    link.write('a', line);
    const [echoed] = await heard.untilLines(1);
    expect(echoed === line).toBe(true);
  });

  test('end a child that writes more than 64 MiB without a line break, with the reason', async ({ link }) => {
    const heard = new Heard();
    const program = `const part = 'x'.repeat(1 << 20); const step = () => process.stdout.write(part, step); step()`;
    await link.spawn('a', nodeTarget(program), heard);
    expect(await heard.untilEnd()).toMatchObject({ reason: 'wrote a line of more than 64 MiB' });
    expect(heard.lines).toEqual([]);
  });

  test('refuse a line that is too long to be passed', async ({ link }) => {
    await link.spawn('a', target('cat'), new Heard());
    expect(() => link.write('a', 'x'.repeat(64 * MIB + 1))).toThrow(/too large/);
  });
});
