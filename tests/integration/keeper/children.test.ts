import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import { HoldfastError } from '#src/shared/errors';
import { Heard, nodeTarget, running, target, keeperTest as test } from './support';

describe('a child of the keeper', () => {
  test('answers line for line', async ({ link }) => {
    const heard = new Heard();
    const kept = await link.spawn('a', target('cat'), heard);
    expect(kept.pid).toBeGreaterThan(1);
    expect(kept.pid_started).toMatch(/.+:\d+$/);
    expect(link.keeper?.pid).not.toBe(process.pid);
    link.write('a', '{"a":"žluťoučký"}');
    link.write('a', '{"b":2}');
    expect(await heard.untilLines(2)).toEqual(['{"a":"žluťoučký"}', '{"b":2}']);
  });

  test('may cut a character between two writes, and end lines as Windows does', async ({ link }) => {
    const heard = new Heard();
    const program = `
      const text = Buffer.from('{"ž":1}\\r\\n\\r\\n{"last":"without a break"}');
      let at = 0;
      const step = () => at < text.length ? process.stdout.write(text.subarray(at, ++at), () => setImmediate(step)) : 0;
      step();`;
    await link.spawn('a', nodeTarget(program), heard);
    await heard.untilEnd();
    expect(heard.lines).toEqual(['{"ž":1}', '{"last":"without a break"}']);
  });

  test('reports its end after its last line', async ({ link }) => {
    const heard = new Heard();
    const told: string[] = [];
    await link.spawn('a', nodeTarget(`for (let i = 0; i < 500; i++) console.log(i); process.exitCode = 3`), {
      onLine: (line) => told.push(line),
      onExit: (end) => {
        told.push('end');
        heard.onExit(end);
      },
    });
    expect(await heard.untilEnd()).toEqual({ code: 3, signal: null, reason: null, keeperLost: false, stderr: [] });
    expect(told).toEqual([...Array.from({ length: 500 }, (_, index) => String(index)), 'end']);
  });

  test('reports the signal that ended it', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', target('cat'), heard);
    process.kill(pid, 'SIGKILL');
    expect(await heard.untilEnd()).toMatchObject({ code: null, signal: 'SIGKILL' });
    link.write('a', 'to nobody');
    await link.end('a');
  });

  test('has a small environment: what programs need, its own entry, none of ours', async ({ link }) => {
    process.env.HOLDFAST_TEST_SECRET = 'do not pass on';
    const heard = new Heard();
    const program = { ...nodeTarget('console.log(JSON.stringify(process.env))'), env: { TOKEN: 'x', LANG: 'own' } };
    await link.spawn('a', program, heard);
    const environment = JSON.parse((await heard.untilLines(1))[0] ?? '');
    delete process.env.HOLDFAST_TEST_SECRET;
    expect(environment).toMatchObject({
      TOKEN: 'x',
      LANG: 'own',
      PATH: process.env.PATH,
      HOLDFAST_CHILD: expect.stringMatching(/^[0-9a-f]{16}\.a$/),
    });
    expect(Object.keys(environment)).not.toContain('HOLDFAST_TEST_SECRET');
    expect(Object.keys(environment)).not.toContain('NODE_ENV');
  });

  test('runs in its folder', async ({ folder, link }) => {
    const heard = new Heard();
    await link.spawn('a', { ...target('pwd'), cwd: folder }, heard);
    expect(await heard.untilLines(1)).toEqual([folder]);
  });

  test('runs in the home folder when it has none of its own, wherever Holdfast was started', async ({ link }) => {
    const heard = new Heard();
    await link.spawn('a', target('pwd', '-P'), heard);
    expect(await heard.untilLines(1)).toEqual([realpathSync(homedir())]);
  });

  test('runs although there is no home folder', async ({ folder, link }) => {
    const { HOME } = process.env;
    process.env.HOME = join(folder, 'no-such-home');
    try {
      const heard = new Heard();
      await link.spawn('a', target('pwd', '-P'), heard);
      expect(await heard.untilLines(1)).toEqual(['/']);
    } finally {
      process.env.HOME = HOME;
    }
  });

  test('keeps the newest 500 lines of standard error, with the time of each', async ({ link }) => {
    const heard = new Heard();
    const program = `for (let i = 0; i < 700; i++) console.error('e' + i); console.error('x'.repeat(100000)); process.stderr.write('', () => console.log('done')); process.stdin.resume()`;
    const before = Date.now();
    await link.spawn('a', nodeTarget(program), heard);
    await heard.untilLines(1);
    const lines = await link.stderr('a');
    expect(lines).toHaveLength(500);
    expect(lines[0]?.text).toBe('e201');
    expect(lines.at(-1)?.text).toBe('x'.repeat(8192));
    const times = lines.map(({ at }) => at ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
    expect(await link.stderr('unknown')).toEqual([]);
  });

  test('is measured with its whole group', async ({ link }) => {
    const heard = new Heard();
    const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()'], { stdio: ['pipe', 'inherit', 'inherit'] }); process.stdin.resume()`;
    await link.spawn('small', target('cat'), new Heard());
    await link.spawn('large', nodeTarget(grandchild), heard);
    await heard.untilLines(1);
    const use = await link.measure(['small', 'large', 'unknown']);
    const [small, large] = [use.get('small')?.bytes ?? 0, use.get('large')?.bytes ?? 0];
    expect(small).toBeGreaterThan(100_000);
    expect(small).toBeLessThan(20_000_000);
    // Two Node processes.
    expect(large).toBeGreaterThan(60_000_000);
    expect(use.has('unknown')).toBe(false);
  });

  test('is measured by the processor time that it takes', async ({ link }) => {
    const heard = new Heard();
    const busy = 'console.log(1); for (;;) ;';
    await link.spawn('idle', target('cat'), new Heard());
    await link.spawn('busy', nodeTarget(busy), heard);
    await heard.untilLines(1);
    expect((await link.measure(['idle', 'busy'])).get('busy')).toMatchObject({ percent: null });
    const percents = async () => {
      const use = await link.measure(['idle', 'busy']);
      return [use.get('idle')?.percent ?? -1, use.get('busy')?.percent ?? -1];
    };
    await expect.poll(async () => (await percents())[1], { timeout: 10_000, interval: 200 }).toBeGreaterThan(10);
    const [idle = -1, working = -1] = await percents();
    expect(idle).toBeGreaterThanOrEqual(0);
    expect(working).toBeGreaterThan(idle);
    expect(working).toBeLessThan(250);
  });

  test.runIf(process.platform === 'linux')('is measured with what left its group', async ({ link }) => {
    const heard = new Heard();
    const leaver = `require('node:child_process').spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)'], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }); process.stdin.resume()`;
    await link.spawn('small', nodeTarget('process.stdin.resume(); console.log(1)'), new Heard());
    await link.spawn('large', nodeTarget(leaver), heard);
    await heard.untilLines(1);
    const use = await link.measure(['small', 'large']);
    expect(use.get('large')?.bytes).toBeGreaterThan((use.get('small')?.bytes ?? 0) * 1.5);
  });
});

describe('the end of a child', () => {
  test('ends what it started too', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', target('sh', '-c', 'sleep 1000 & sleep 1000 & echo up; wait'), heard);
    await heard.untilLines(1);
    expect(running([pid])).toHaveLength(3);
    await link.end('a');
    expect(running([pid])).toEqual([]);
    expect(heard.end).toBeNull();
  });

  test('waits 2 s for one that ignores SIGTERM, then kills it', async ({ link }) => {
    const heard = new Heard();
    const program = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('up')`;
    const { pid } = await link.spawn('a', nodeTarget(program), heard);
    await heard.untilLines(1);
    const start = performance.now();
    await link.end('a');
    expect(running([pid])).toEqual([]);
    expect(performance.now() - start).toBeGreaterThan(1900);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('takes what it left running with it when it ends by itself', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn('a', target('sh', '-c', 'sleep 1000 & echo up; exit 5'), heard);
    expect(await heard.untilEnd()).toMatchObject({ code: 5 });
    expect(heard.lines).toEqual(['up']);
    expect(running([pid])).toEqual([]);
  });

  test('is reported although a process outside its group keeps its pipe open', async ({ link }) => {
    const heard = new Heard();
    const { pid } = await link.spawn(
      'a',
      target('sh', '-c', 'setsid sh -c "echo \\$\\$; exec sleep 1000" & sleep 0.2'),
      heard,
    );
    expect(await heard.untilEnd()).toMatchObject({ code: 0 });
    const stranger = Number(heard.lines[0]);
    expect(stranger).not.toBe(pid);
    process.kill(stranger, 'SIGKILL');
  });

  test('comes for one that closes its output, from which nothing more can be heard', async ({ link }) => {
    const heard = new Heard();
    await link.spawn('a', target('sh', '-c', 'exec sleep 1000 >&-'), heard);
    expect(await heard.untilEnd()).toMatchObject({ signal: 'SIGTERM', reason: 'closed its output' });
  });
});

describe('a command that cannot be started', () => {
  const whyNot = async (
    link: KeeperProcessLink,
    ...[command, cwd = null]: [string, (string | null)?]
  ): Promise<string> => {
    const error = await link.spawn('a', { ...target(command), cwd }, new Heard()).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: 'server_unavailable' });
    return (error as HoldfastError).message;
  };

  test('says that there is none', async ({ link }) => {
    expect(await whyNot(link, 'no-such-command')).toBe(
      'The command "no-such-command" was not found. Install it, or give its full path.',
    );
  });

  test('says that its folder is missing or is none', async ({ folder, link }) => {
    const missing = join(folder, 'missing');
    expect(await whyNot(link, 'cat', missing)).toBe(
      `The working folder "${missing}" does not exist. Create it, or correct "cwd".`,
    );
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await whyNot(link, 'cat', file)).toBe(`The working folder "${file}" is not a folder. Correct "cwd".`);
  });

  test('says that it may not be run', async ({ folder, link }) => {
    const file = join(folder, 'text');
    writeFileSync(file, 'not a program');
    chmodSync(file, 0o600);
    expect(await whyNot(link, file)).toContain(`The command "${file}" may not be run.`);
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    expect(await whyNot(link, inner)).toContain(`The command "${inner}" may not be run.`);
  });

  test('says that something of it cannot be passed on', async ({ link }) => {
    expect(await whyNot(link, 'ca\0t')).toContain('hold a character that cannot be passed on');
  });

  test('leaves nothing behind: the same id can be started after', async ({ link }) => {
    await whyNot(link, 'no-such-command');
    const heard = new Heard();
    await link.spawn('a', target('echo', 'up'), heard);
    expect(await heard.untilLines(1)).toEqual(['up']);
  });
});
