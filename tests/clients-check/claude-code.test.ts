import { describe, expect } from 'vitest';
import { AGENTS } from './agents';
import { installed, checkTest as test } from './support';

const program = installed('claude-code');
const LIMIT_MS = 8_000;
const LONG_MS = 20_000;
const SIZE = 20_000;
const GET = 'get_result';
/** Then a model would have given up. */
const MOST_RESULTS = 20;
const WHOLE_MS = 120_000;

interface Calls {
  readonly running: { readonly name: string | null }[];
  readonly handed_out: { readonly state: string; readonly tool: string; readonly ok: boolean | null }[];
}
interface Patience {
  readonly clients: { readonly seconds: number; readonly from: string }[];
}

/** By the sentence that tells a model what to do, as this client passes it on: as text, or within JSON. */
const handleIn = (text: string): string => /Call get_result with handle \\?"(h_[\w-]+)/.exec(text)?.[1] ?? '';

describe.skipIf(program === null)('Claude Code, and a call that lasts longer than it waits', () => {
  test('its result arrives whole and once, though Holdfast is killed on the way', { timeout: WHOLE_MS }, async ({
    home,
    start,
    model,
  }) => {
    if (program === null) return;
    const first = await start();
    const port = Number(new URL(home.endpoint().url).port);
    const { command, args, prepare, limit } = AGENTS['claude-code'];
    prepare(home, model.url);
    limit(home, 'holdfast', LIMIT_MS);
    expect((await home.holdfast('connect', 'claude-code', '--wait', '0')).code).toBe(0);
    let restarts = 0;
    let holdfast = first;
    const restart = async () => {
      await holdfast.kill();
      holdfast = await start(port);
      restarts += 1;
    };
    /** Kills it once more, while the client waits for the result. */
    const restartLater = async () => {
      const isAsked = async () => (await home.ask<Calls>('/api/mcp/calls')).running.some(({ name }) => name === GET);
      await expect.poll(isAsked, { timeout: LIMIT_MS, interval: 50 }).toBe(true);
      await restart();
    };
    let later: Promise<void> | null = null;
    let handle = '';
    const slow = 'mcp__holdfast__counter__slow';
    let isTaught = false;
    let isBegun = false;
    model.play(async ({ tools, results }) => {
      const last = results.at(-1) ?? '';
      // A server that nobody has listed yet may start too slowly for the first turn of the first chat.
      if (!tools.includes(slow)) return { call: 'mcp__holdfast__session_info', args: {} };
      if (!isTaught) {
        isTaught = true;
        // Holdfast learns from this call how long this client waits.
        return { call: slow, args: { ms: 3 * LIMIT_MS } };
      }
      if (!isBegun) {
        isBegun = true;
        return { call: 'mcp__holdfast__counter__count', args: { ms: LONG_MS, size: SIZE } };
      }
      if (last.includes('"pad"') || results.length > MOST_RESULTS) return { say: 'done' };
      handle = handleIn(last) || handle;
      if (later === null) {
        await restart();
        later = restartLater();
      }
      // As a model does that reads of a broken connection, too.
      return { call: `mcp__holdfast__${GET}`, args: { handle } };
    });
    const { stdout, stderr, code } = await home.client(program, command, args, { limit: 75_000 });
    const results = model.turns.at(-1)?.results ?? [];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('done');
    await later;
    expect(restarts).toBe(2);
    const answers = results.filter((text) => text.includes('"pad"'));
    expect(answers).toHaveLength(1);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ n: 1, pad: 'x'.repeat(SIZE) });
    const { handed_out } = await home.ask<Calls>('/api/mcp/calls');
    expect(handed_out.filter(({ tool }) => tool === 'count')).toMatchObject([{ state: 'fetched', ok: true }]);
    const { clients } = await home.ask<Patience>('/api/mcp/calls/patience');
    expect(clients).toMatchObject([{ from: 'learned' }]);
    expect(Math.abs((clients[0]?.seconds ?? 0) - LIMIT_MS / 1_000)).toBeLessThan(1);
  });
});
