import { describe, expect } from 'vitest';
import { AGENTS } from './agents';
import { installed, checkTest as test } from './support';

const program = installed('claude-code');
const SEVERAL_CHATS_MS = 180_000;

interface Sessions {
  readonly sessions: {
    readonly session_id: string;
    readonly reconnect_count: number;
    readonly last_reconnect_cause: string | null;
  }[];
}

describe.skipIf(program === null)('the chats of Claude Code', () => {
  test('are told apart, and one that is continued after a kill gets what its client is set to', {
    timeout: SEVERAL_CHATS_MS,
  }, async ({ home, start, model }) => {
    if (program === null) return;
    const first = await start();
    const port = Number(new URL(home.endpoint().url).port);
    const { command, args, prepare } = AGENTS['claude-code'];
    prepare(home, model.url);
    expect((await home.holdfast('connect', 'claude-code', '--wait', '0')).code).toBe(0);
    /** Lets a chat of a folder count, and says in which session it did. */
    const chat = async (folder: string, ...more: string[]) => {
      const count = 'mcp__holdfast__counter__count';
      let asked = 0;
      let isCounted = false;
      model.play(({ tools }) => {
        if (isCounted) return { say: 'done' };
        asked += 1;
        isCounted = asked > 1 && tools.includes(count);
        // A server that nobody has listed yet may start too slowly for the first turn of the first chat.
        return { call: isCounted ? count : 'mcp__holdfast__session_info', args: {} };
      });
      const outcome = await home.client(program, command, [...args, ...more], { folder });
      expect(outcome).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
      const [info = '', counted = ''] = (model.turns.at(-1)?.results ?? []).slice(-2);
      return { session: JSON.parse(info).session_id, ...JSON.parse(counted) };
    };
    const shop = await chat('shop');
    const blog = await chat('blog');
    expect(shop.n).toBe(1);
    expect(blog).toMatchObject({ n: 1 });
    expect([blog.session, blog.pid]).not.toEqual([shop.session, shop.pid]);
    await first.kill();
    await start(port);
    const anew = await chat('shop', '--continue');
    expect(anew, 'by default, a new process is a new chat').toMatchObject({ n: 1 });
    expect((await home.holdfast('clients', 'new-process', 'Claude Code', 'last')).code).toBe(0);
    expect(await chat('blog', '--continue'), 'its session, and the process that counted').toEqual({ ...blog, n: 2 });
    const { sessions } = await home.ask<Sessions>('/api/mcp/sessions');
    const found = new Map(sessions.map((one) => [one.session_id, one]));
    expect([...found.keys()].sort()).toEqual([shop.session, blog.session, anew.session].sort());
    expect(found.get(blog.session)).toMatchObject({ reconnect_count: 1, last_reconnect_cause: 'reinitialized' });
  });
});
