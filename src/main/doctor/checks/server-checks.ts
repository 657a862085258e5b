import type { ServerState } from '../../../shared/contract/server';
import { ask } from '../../platform/ask';
import type { Check } from '../check';
import type { CheckContext } from '../check-context';
import { Failure, mustBe } from '../failure';
import { connectMcp } from '../mcp-client';

/** So many servers are asked at the same time, as each may start a process. */
const AT_ONCE = 4;
/** How a server is that nobody can use; what it needs is on its card. */
const DOWN: Partial<Record<ServerState, string>> = {
  broken: 'its entry in servers.json is not valid',
  waiting: 'it failed and waits for its next start',
  circuit_open: 'it failed too often and is not started any more',
};
/** Servers that the user has to allow first; they are not wrong. */
const UNASKED: Partial<Record<ServerState, string>> = {
  untrusted: 'to be confirmed',
  needs_login: 'to be logged in to',
  disabled: 'off',
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

async function problemsOf(context: CheckContext, servers: readonly Found[]): Promise<string[]> {
  const problems: string[] = [];
  const waiting = [...servers];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const problem = await problemOf(context, next);
      if (problem !== null) problems.push(`${next.name} (${problem})`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return problems.sort();
}

export const serverChecks: Check[] = [
  {
    name: 'servers',
    remedy: 'Open Servers: the card of each of them says why and what to do. Holdfast works without them.',
    async run(context) {
      context.need('client');
      const answer = await ask(`${context.url}/api/mcp/servers`, { key: context.adminKey });
      mustBe(answer, 200);
      const servers = answer.body.servers as Found[];
      const asked = servers.filter(({ state }) => !(state in UNASKED));
      const problems = await problemsOf(context, asked);
      if (problems.length > 0) {
        const verb = problems.length === 1 ? 'does' : 'do';
        throw new Failure(`${problems.length} of ${asked.length} ${verb} not answer: ${problems.join(', ')}`);
      }
      const left = servers.flatMap(({ name, state }) => (state in UNASKED ? [`${name} is ${UNASKED[state]}`] : []));
      const all = asked.length === 0 ? 'there are none to ask' : `all that can be used answer (${asked.length})`;
      return [all, ...left].join('; ');
    },
  },
];
