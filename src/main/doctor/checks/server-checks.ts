import type { ServerState } from '../../../shared/contract/server';
import { type SaidId, type Sentence, said, sentences } from '../../../shared/messages/said';
import { ask } from '../../platform/ask';
import type { Check } from '../check';
import type { CheckContext } from '../check-context';
import { Failure, mustBe } from '../failure';
import { connectMcp } from '../mcp-client';

/** So many servers are asked at the same time, as each may start a process. */
const AT_ONCE = 4;
/** How a server is that nobody can use; what it needs is on its card. */
const DOWN: Partial<Record<ServerState, Sentence>> = {
  broken: said('said.check.servers.broken'),
  waiting: said('said.check.servers.waiting'),
  circuit_open: said('said.check.servers.paused'),
};
/** Servers that the user has to allow first; they are not wrong. */
const UNASKED: Partial<Record<ServerState, SaidId>> = {
  untrusted: 'said.check.servers.untrusted',
  needs_login: 'said.check.servers.needs_login',
  disabled: 'said.check.servers.disabled',
};

interface Found {
  readonly name: string;
  readonly state: ServerState;
}

/** What is wrong with a server; null if it answers. */
async function problemOf(context: CheckContext, { name, state }: Found): Promise<string | null> {
  const down = DOWN[state];
  if (down) return down;
  try {
    const path = `/mcp/${encodeURIComponent(name)}`;
    await connectMcp(context.url, context.need('client').client_key, path);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function problemsOf(context: CheckContext, servers: readonly Found[]): Promise<Sentence[]> {
  const problems: Sentence[] = [];
  const waiting = [...servers];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const problem = await problemOf(context, next);
      if (problem !== null)
        problems.push(said('said.check.servers.one', { name: next.name, why: problem.replace(/\.$/, '') }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return problems.sort();
}

export const serverChecks: Check[] = [
  {
    name: 'servers',
    remedy: said('said.check.servers.remedy'),
    async run(context) {
      context.need('client');
      const answer = await ask(`${context.url}/api/mcp/servers`, { key: context.adminKey });
      mustBe(answer, 200);
      const servers = answer.body.servers as Found[];
      const asked = servers.filter(({ state }) => !(state in UNASKED));
      const problems = await problemsOf(context, asked);
      if (problems.length > 0) {
        const failed = said('said.check.servers.failed', { failed: problems.length, asked: asked.length });
        throw new Failure(sentences(failed, ...problems));
      }
      const left = servers.flatMap(({ name, state }) => {
        const id = UNASKED[state];
        return id === undefined ? [] : [said(id, { name })];
      });
      const all =
        asked.length === 0 ? said('said.check.servers.none') : said('said.check.servers.all', { count: asked.length });
      return sentences(all, ...left);
    },
  },
];
