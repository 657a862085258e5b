import { expect } from 'vitest';
import { Heard, processes, target, keeperTest as test } from './support';

const CYCLES = 1000;
const TOGETHER = 20;

test('leaves no orphan and no zombie after 1,000 starts and ends', { timeout: 120_000 }, async ({ link }) => {
  const groups = new Set<number>();
  const cycle = async (index: number) => {
    const heard = new Heard();
    const id = `c${index}`;
    const { pid } = await link.spawn(id, target('cat'), heard);
    groups.add(pid);
    link.write(id, id);
    expect(await heard.untilLines(1)).toEqual([id]);
    // Ended by us, killed by somebody, ended by itself.
    if (index % 3 === 0) return link.end(id);
    process.kill(pid, index % 3 === 1 ? 'SIGKILL' : 'SIGTERM');
    await heard.untilEnd();
  };
  for (let index = 0; index < CYCLES; index += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, (_, offset) => cycle(index + offset)));
  }
  const keeper = link.keeper?.pid;
  expect(groups.size).toBeGreaterThan(CYCLES * 0.9);
  expect(processes().filter(({ parent, group }) => parent === keeper || groups.has(group))).toEqual([]);
});
