import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeeperProcessLink } from '../../../src/main/upstream/keeper/keeper-link';
import { Heard, newFolder, newLink, nodeTarget, removeFolder, target } from './support';

let folder: string;
let link: KeeperProcessLink;

beforeEach(() => {
  folder = newFolder();
  link = newLink(folder);
});

afterEach(async () => {
  await link.endAll();
  removeFolder(folder);
});

describe('a child of the keeper', () => {
  it('answers line for line', async () => {
    const heard = new Heard();
    const kept = await link.spawn('a', target('cat'), heard);
    expect(kept.pid).toBeGreaterThan(1);
    expect(kept.pid_started).toMatch(/.+:\d+$/);
    expect(link.keeper?.pid).not.toBe(process.pid);
    link.write('a', '{"a":"žluťoučký"}');
    link.write('a', '{"b":2}');
    expect(await heard.untilLines(2)).toEqual(['{"a":"žluťoučký"}', '{"b":2}']);
  });

  it('is found by the next supervisor, with what it wrote meanwhile', async () => {
    const heard = new Heard();
    const program = `process.stdin.once('data', () => setTimeout(() => console.log('late'), 50)).resume(); setInterval(() => {}, 1e6)`;
    const kept = await link.spawn('a', nodeTarget(program), heard);
    link.write('a', 'go');
    await link.release();
    link = newLink(folder);
    expect(await link.attach()).toBe(true);
    expect(link.found).toEqual([kept]);
    const next = new Heard();
    link.adopt('a', next);
    expect(await next.untilLines(1)).toEqual(['late']);
    expect(link.found).toEqual([]);
    expect(heard.lines).toEqual([]);
  });
});
