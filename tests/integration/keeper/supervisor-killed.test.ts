import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { bundled } from '#tests/support/bundle';
import { disposing } from '#tests/support/fixtures';
import { seededRandom } from '#tests/support/seeded-random';
import { SupervisorProcess } from './supervisor-process';
import { eventually, keeperTest, running } from './support';

/** Counts the lines it got, so that a test sees that its state lived on. */
const COUNTER = `
  let count = 0;
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    count += 1;
    console.log(line + ':' + count);
  });`;

/** After a line it writes as many lines as the line says, some at once, some after a pause. */
const TALKER = `
  let at = 0, end = 0;
  const talk = () => {
    for (let burst = 0; burst < 7 && at < end; burst += 1) console.log(String(at++));
    if (at < end) setTimeout(talk, 1); else setTimeout(() => console.error('finished'), 1);
  };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { end += Number(line); talk(); });`;

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => String(from + index));

const test = keeperTest
  .extend('program', { scope: 'file' }, bundled(join(import.meta.dirname, 'programs/supervise.ts')))
  .extend('start', ({ program, folder }, { onCleanup }) =>
    disposing(
      onCleanup,
      () => new SupervisorProcess(program, folder),
      (supervisor) => supervisor.kill(),
    ),
  );

describe('when the supervisor is killed', () => {
  const spawn = (program: string) => ({ do: 'spawn', id: 'a', command: process.execPath, args: ['-e', program] });
  const write = (line: string) => ({ do: 'write', id: 'a', line });

  test('idle: its children and their state live on, and what was taken does not come again', async ({ start }) => {
    const first = start();
    const { spawned, keeper } = await first.do(spawn(COUNTER));
    await first.do(write('x'));
    await first.until(() => first.lines.length === 1);
    await first.do({ do: 'sync', id: 'a' });
    await first.kill();

    const second = start();
    expect(await second.do({ do: 'attach' })).toMatchObject({ attached: true, found: [spawned], keeper });
    await second.do({ do: 'adopt', id: 'a' });
    await second.do(write('y'));
    await second.until(() => second.lines.length >= 1);
    expect(second.lines).toEqual(['y:2']);
  });

  test('with an answer on its way: it arrives at the next one, once', async ({ start }) => {
    const first = start();
    await first.do(
      spawn(`process.stdin.on('data', (line) => setTimeout(() => console.log('answer to ' + line), 200))`),
    );
    await first.do(write('slow call'));
    await first.kill();
    expect(first.lines).toEqual([]);

    const second = start();
    await second.do({ do: 'attach' });
    await second.do({ do: 'adopt', id: 'a' });
    await second.until(() => second.lines.length > 0);
    await second.do({ do: 'sync', id: 'a' });
    await second.kill();

    const third = start();
    await third.do({ do: 'attach' });
    await third.do({ do: 'adopt', id: 'a' });
    await third.do(write('again'));
    await third.until(() => third.lines.length > 0);
    expect([second.lines, third.lines]).toEqual([['answer to slow call'], ['answer to again']]);
  });

  test('in the middle of lines, again and again: none is lost, and the order stays', async ({ start }) => {
    const random = seededRandom('killed in the middle');
    const total = 3000;
    const first = start();
    await first.do(spawn(TALKER));
    await first.do(write(String(total)));
    let current = first;
    let next = 0;
    let deaths = 0;
    while (next < total) {
      const enough = next + 1 + (new DataView(random.bytes(2).buffer).getUint16(0) % 600);
      await current.until(() => next + current.lines.length >= Math.min(enough, total));
      await current.kill();
      deaths += 1;
      // Each starts at the first line that was not acknowledged: never after the first that was not taken.
      const from = Number(current.lines[0]);
      expect(from).toBeLessThanOrEqual(next);
      expect(current.lines).toEqual(numbers(from, from + current.lines.length));
      next = from + current.lines.length;
      if (next >= total) break;
      current = start();
      expect(await current.do({ do: 'attach' })).toMatchObject({ attached: true });
      await current.do({ do: 'adopt', id: 'a' });
    }
    expect(deaths).toBeGreaterThan(2);
  });

  test('during adoption, twice in a row: what waited comes to the third', async ({ start }) => {
    const first = start();
    await first.do(spawn(TALKER));
    await first.kill();
    const away = start();
    await away.do({ do: 'attach' });
    await away.do(write('50'));
    // It did not adopt, so nothing is told; 50 lines wait when the child has finished.
    while ((await away.do({ do: 'sync', id: 'a' })).synced === 0);
    await away.kill();
    expect(away.lines).toEqual([]);

    for (const dieAfter of [1, 20]) {
      const dying = start();
      expect(await dying.do({ do: 'attach' })).toMatchObject({ attached: true });
      await dying.doLast({ do: 'adopt', id: 'a', dieAfter });
      await dying.kill();
      expect(dying.lines).toEqual(numbers(0, dieAfter));
    }

    const last = start();
    await last.do({ do: 'attach' });
    await last.do({ do: 'adopt', id: 'a' });
    await last.until(() => last.lines.at(-1) === '49');
    // The line in whose turn the one before died was not acknowledged.
    const from = Number(last.lines[0]);
    expect(from).toBeLessThan(20);
    expect(last.lines).toEqual(numbers(from, 50));
  });

  test('the end of a child is reported to the next one, after its lines', async ({ start }) => {
    const first = start();
    const program = `process.stdin.once('data', () => { console.log('last words'); process.exitCode = 9; process.stdin.destroy(); })`;
    const { spawned } = await first.do(spawn(program));
    // Adopted by nobody while it ends.
    await first.kill();
    const second = start();
    await second.do({ do: 'attach' });
    await second.do(write('go'));
    await eventually(() => running([spawned?.pid ?? 0]).length === 0);
    await second.kill();

    const third = start();
    expect(await third.do({ do: 'attach' })).toMatchObject({ attached: true, found: [spawned] });
    await third.do({ do: 'adopt', id: 'a' });
    await third.until(() => third.exit !== null);
    expect(third.lines).toEqual(['last words']);
    expect(third.exit).toMatchObject({ code: 9, signal: null, keeperLost: false });
  });
});
