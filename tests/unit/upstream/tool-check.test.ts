import { describe, expect, test } from 'vitest';
import type { Params } from '#src/main/mcp/json-rpc';
import { Listings } from '#src/main/mcp/lists/listings';
import { ToolCheck } from '#src/main/upstream/tools/tool-check';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

function start(answers: (params: Params) => unknown) {
  const clock = new FakeClock();
  const seen: string[] = [];
  const asked: Params[] = [];
  const state = { holds: true };
  const check = new ToolCheck({
    clock,
    isHolding: () => state.holds,
    ask: async (params) => {
      asked.push(params);
      return answers(params);
    },
    listings: new Listings({
      note: () => {},
      look: (_, kind, result) => {
        seen.push(...(result[kind.key] as { name: string }[]).map(({ name }) => name));
        return [];
      },
    }),
  });
  return { clock, seen, asked, state, check };
}

describe('what tools say, before one of them is called', () => {
  test('is read to the end, once for all who ask, and again after five minutes, an announcement or a new process', async () => {
    const { clock, seen, asked, state, check } = start(({ cursor }) =>
      cursor === undefined ? { tools: [{ name: 'a' }], nextCursor: 'x' } : { tools: [{ name: 'b' }] },
    );
    expect(check.isDue).toBe(true);
    const reading = [check.read(), check.read()];
    expect(check.isDue, 'until it is read').toBe(true);
    await Promise.all(reading);
    expect([seen, asked.length, check.isDue]).toEqual([['a', 'b'], 2, false]);
    clock.advance(5 * MINUTE + 1);
    expect(check.isDue).toBe(true);
    await check.read();
    expect(check.isDue).toBe(false);
    check.forget();
    expect(check.isDue).toBe(true);
    state.holds = false;
    expect(check.isDue, 'nothing is held back').toBe(false);
  });

  test('is read anew when it is announced as changed meanwhile, a few times at most', async () => {
    const { asked, check } = start(() => {
      check.forget();
      return { tools: [] };
    });
    await check.read();
    expect([asked.length, check.isDue]).toEqual([3, true]);
  });

  test('is not known when the server gives no list, which is said', async () => {
    const { check } = start(() => Promise.reject(new Error('refused tools/list: no')));
    await expect(check.read()).rejects.toThrow(
      /^refused tools\/list: no, so nobody knows whether its tools have changed/,
    );
    expect(check.isDue).toBe(true);
    const odd = start(() => 'text').check;
    await expect(odd.read()).rejects.toThrow(/something else than MCP says/);
  });
});
