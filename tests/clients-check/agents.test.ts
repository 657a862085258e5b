import { describe, expect } from 'vitest';
import { AGENTS } from './agents';
import { CHECKED } from './clients';
import { installed, checkTest as test } from './support';

const WORK_MS = 180_000;

interface Sessions {
  readonly sessions: { readonly client_version: string; readonly calls: number }[];
}

/** Claude Code has tests of its own, and Gemini CLI comes when it lists its servers. */
describe.each(['codex', 'opencode', 'cline'] as const)('%s', (id) => {
  const program = installed(id);

  test.skipIf(program === null)(
    'comes when it works, with its key by reference if it can',
    { timeout: WORK_MS },
    async ({ home, start, model }) => {
      if (program === null) return;
      await start();
      const { command, args, prepare } = AGENTS[id];
      const refers = CHECKED.some((one) => one.id === id && one.reference !== null);
      prepare(home, model.url);
      const connected = await home.holdfast('connect', id, '--wait', '0', ...(refers ? ['--key', 'reference'] : []));
      expect(connected.code, connected.stderr).toBe(0);
      const [, name, key] = /^ {2}export (\w+)=(hf_[\w-]{43})$/m.exec(connected.stdout) ?? [];
      if (name !== undefined && key !== undefined) home.env[name] = key;
      let isCounted = false;
      model.play(({ tools }) => {
        const find = (end: string) => tools.find((tool) => tool.endsWith(end));
        const count = find('counter__count');
        if (isCounted) return { say: 'done' };
        isCounted = count !== undefined;
        // A server that nobody has listed yet may start too slowly for the first turn of the first chat.
        return { call: count ?? find('session_info') ?? 'none', args: {} };
      });
      const { stdout, stderr } = await home.client(program, command, args, { limit: WORK_MS });
      // Codex shows its model a search in place of many tools.
      if (id !== 'codex') {
        expect(stdout, stderr).toContain('done');
        expect(model.turns.at(-1)?.results.at(-1)).toMatch(/\\?"n\\?": ?1/);
      }
      const { sessions } = await home.ask<Sessions>('/api/mcp/sessions');
      expect(sessions).toHaveLength(1);
      expect((await home.holdfast('connect')).stdout).toMatch(new RegExp(`^${id} +connected, was here`, 'm'));
    },
  );
});
