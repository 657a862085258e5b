import { describe } from 'vitest';
import { AGENTS } from './agents';
import { type GivenUp, SilentServer } from './silent-server';
import { installed, note, checkTest as test } from './support';

/** `npm run clients:check -- --limits` measures what clients do by default, which takes a quarter of an hour. */
const isLong = process.env.HOLDFAST_CLIENTS_LIMITS === '1';
/** What they are told otherwise. */
const SET_MS = 8_000;
/** Whoever waits longer is not waited for. */
const MOST_MS = isLong ? 11 * 60_000 : 100_000;
const IDS = Object.keys(AGENTS) as (keyof typeof AGENTS)[];

describe.concurrent('a call that is never answered', () => {
  const pairs = IDS.flatMap((id) => (['hang', 'tick'] as const).map((tool) => ({ id, tool, program: installed(id) })));

  test.for(pairs.filter(({ program }) => program !== null))(
    '$id, and a server that does $tool',
    { timeout: MOST_MS + 60_000 },
    async ({ id, tool, program }, { home, model, expect, onTestFinished }) => {
      if (program === null) return;
      const server = await SilentServer.start();
      onTestFinished(() => server.stop());
      const agent = AGENTS[id];
      agent.prepare(home, model.url);
      agent.add(home, 'holdfast', server.url);
      if (!isLong) agent.limit(home, 'holdfast', SET_MS);
      model.play(({ tools, results }) =>
        results.length === 0 ? { call: tools.find((one) => one.endsWith(tool)) ?? tool, args: {} } : { say: 'done' },
      );
      const ran = home.client(program, agent.command, agent.args, { limit: MOST_MS });
      const never = ran.then(({ stdout, stderr }) => {
        // What a client does last is seen a moment after it has ended.
        if (server.wasCalled) return server.givenUp;
        throw new Error(['The tool was not called.', stdout, stderr, ...model.others].join('\n'));
      });
      const how = await Promise.race([server.givenUp, never]);
      const { code } = await ran;
      if (!isLong && tool === 'hang') expect(Math.abs(how.after - SET_MS)).toBeLessThan(2_000);
      note(id, {
        version: program.version,
        asks_progress: server.asksForProgress ? 'yes' : 'no',
        [`${tool}_${isLong ? 'default' : 'set'}`]: words(how, code !== null),
      });
    },
  );
});

/** @param isOver - the client ended by itself; otherwise it still waited when it was ended */
function words({ after, reason }: GivenUp, isOver: boolean): string {
  if (!isOver) return `longer than ${Math.floor(after / 1_000)} s`;
  const how = reason === null ? 'closes the stream' : `cancels${reason === '' ? '' : `: "${reason}"`}`;
  return `${(after / 1_000).toFixed(0)} s, ${how}`;
}
