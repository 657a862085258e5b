import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { migrate } from '#src/main/store/migrations/migrate';
import { ToolUseStore } from '#src/main/store/tool-sets/tool-use-store';
import { adviceOn } from '#src/main/tool-sets/advice';
import { TokenSizes } from '#src/main/tool-sets/token-sizes';
import { ToolUse } from '#src/main/tool-sets/tool-use';
import { roundedTokens } from '#src/shared/model/token-estimate';
import { DAY, SECOND } from '#src/shared/model/units';
import { ALL_SHOWN, VisibilityIndex } from '#src/shared/model/visibility';
import { FakeClock } from '#tests/support/fake-clock';

function counting() {
  const db = new SqliteDatabase(':memory:');
  migrate(db, () => {});
  const clock = new FakeClock();
  const problems: unknown[] = [];
  const make = () =>
    new ToolUse({
      repository: new ToolUseStore(db, new Transactions(db)),
      clock,
      timers: clock,
      onProblem: (error) => problems.push(error),
    });
  const rows = () => db.prepare('SELECT count(*) FROM tool_use').pluck().get();
  return { db, clock, make, rows, problems };
}

describe('what is counted', () => {
  test('adds up over days and restarts, and is forgotten after a month', () => {
    const { clock, make } = counting();
    const first = make();
    for (const tool of ['push', 'push', 'pull']) first.called('git', tool);
    first.listed(['git', 'files']);
    first.close();
    first.called('git', 'push');
    clock.advance(2 * DAY);
    const second = make();
    second.called('git', 'push');
    const { days, tools } = second.of('git');
    expect(days).toBe(2);
    expect([...tools].map(([name, { calls }]) => [name, calls])).toEqual([
      ['pull', 1],
      ['push', 3],
    ]);
    expect(tools.get('push')?.last_used).toBe(Math.floor(clock.now() / DAY) * DAY);
    expect(second.of('files').days).toBe(1);
    clock.advance(29 * DAY);
    expect([...second.of('git').tools.keys()]).toEqual(['push']);
    clock.advance(10 * DAY);
    second.called('other', 'x');
    clock.advance(5 * SECOND);
    expect(second.of('git')).toEqual({ days: 0, tools: new Map() });
  });

  test('is written together, and waits while it cannot be written', () => {
    const { db, clock, make, rows, problems } = counting();
    const use = make();
    use.called('git', 'push');
    expect(rows()).toBe(0);
    clock.advance(5 * SECOND);
    expect(rows()).toBe(1);
    db.pragma('query_only = ON');
    use.called('git', 'pull');
    clock.advance(5 * SECOND);
    expect(problems).toHaveLength(1);
    db.pragma('query_only = OFF');
    clock.advance(5 * SECOND);
    expect(rows()).toBe(2);
  });

  test('is bounded, whatever clients call', () => {
    const { make, rows } = counting();
    const use = make();
    for (let index = 0; index < 3_000; index += 1) use.called('git', `tool${index}`);
    use.called('git', 'x'.repeat(300));
    use.close();
    expect(rows()).toBe(2_000);
  });
});

describe('what a tool takes in a chat', () => {
  const tool = (name: string) => ({
    name,
    description: 'Pushes commits. '.repeat(40),
    inputSchema: { type: 'object' },
  });
  const lists = (...tools: object[]) => ({
    server: 'git',
    fingerprint: 'f',
    is_complete: true,
    learned_at: 1,
    heard_at: 1,
    introduction: null,
    pages: JSON.stringify([[JSON.stringify(['tools/list']), JSON.stringify({ tools })]]),
  });

  test('grows with what a model is told of it, and follows the list', async () => {
    const sizes = new TokenSizes();
    const first = await sizes.of(lists({ name: 'a', inputSchema: {} }, tool('b')));
    expect(first.get('a')).toBeLessThan(40);
    expect(first.get('b')).toBeGreaterThan(100);
    expect([...(await sizes.of(lists(tool('c')))).keys()]).toEqual(['c']);
  });

  test('is told in two digits', () => {
    expect([7, 99, 104, 1_234, 71_781].map(roundedTokens)).toEqual([7, 99, 100, 1_200, 72_000]);
  });
});

describe('the advice to hide tools', () => {
  const sizes = new Map(['a', 'b', 'c', 'd'].map((name) => [name, 500]));
  const usage = (days: number, ...used: string[]) => ({
    days,
    tools: new Map(used.map((name) => [name, { calls: 1, last_used: 0 }])),
  });
  const shown = new VisibilityIndex(ALL_SHOWN);

  test('names the tools that nobody called, and for how long that is known', () => {
    expect(adviceOn('git', sizes, usage(12, 'b'), shown)).toEqual({
      server: 'git',
      tools: 4,
      unused: ['a', 'c', 'd'].map((name) => ({ name, tokens: 500 })),
      tokens: 1_500,
      days: 12,
    });
  });

  test('is not given without evidence, for little, or for what is hidden already', () => {
    expect(adviceOn('git', sizes, usage(2, 'b'), shown)).toBeNull();
    expect(adviceOn('git', sizes, usage(12, 'a', 'b'), shown)).toBeNull();
    expect(adviceOn('git', new Map([...sizes.keys()].map((name) => [name, 20])), usage(12), shown)).toBeNull();
    const rules = [{ client_id: null, server: 'git', kind: 'tool', name: 'a', shown: false }] as const;
    expect(adviceOn('git', sizes, usage(12, 'b'), new VisibilityIndex({ ...ALL_SHOWN, rules }))).toBeNull();
  });
});
