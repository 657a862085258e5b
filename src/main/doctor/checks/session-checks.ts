import { said } from '../../../shared/messages/said';
import { ask, type Unchecked } from '../../platform/ask';
import type { Check } from '../check';
import type { CheckContext, DoctorClient } from '../check-context';
import { must, mustBe } from '../failure';
import { connectMcp } from '../mcp-client';

const TOOLS = ['reconnect_session', 'session_info', 'health_check', 'list_sessions', 'end_session'];

async function createClient(context: CheckContext, name: string): Promise<DoctorClient> {
  const body = { name, type: 'other' };
  const answer = await ask(`${context.url}/api/mcp/clients`, { method: 'POST', key: context.adminKey, body });
  must(answer.status < 300, () =>
    said('said.check.client.not_made', {
      status: answer.status,
      why: answer.body?.detail ?? said('said.check.no_detail'),
    }),
  );
  context.secret(answer.body.client_key);
  return answer.body;
}

/** Sessions visible to a key, including ended ones. */
async function sessionsOf(context: CheckContext, key: string): Promise<Unchecked[]> {
  const answer = await ask(`${context.url}/api/mcp/sessions`, { key });
  mustBe(answer, 200);
  return answer.body.sessions;
}

export const sessionChecks: Check[] = [
  {
    name: 'client key',
    async run(context) {
      context.keep({ client: await createClient(context, 'Doctor') });
      context.keep({ stranger: await createClient(context, 'Doctor (a stranger)') });
      const key = context.need('client').client_key;
      mustBe(await ask(`${context.url}/api/mcp/clients`, { key }), 403);
      return said('said.check.client.ok');
    },
  },
  {
    name: 'MCP',
    async run(context) {
      const { client_key } = context.need('client');
      const mcp = await connectMcp(context.url, client_key);
      must((await sessionsOf(context, client_key)).length === 0, said('said.check.mcp.bare'));
      const result = await mcp.callTool('health_check');
      must(!result.isError, said('said.check.mcp.tool'));
      context.keep({ mcp });
      return said('said.check.mcp.ok');
    },
  },
  {
    // On its own: servers that hang may hold it up, and what comes after it needs none of them.
    name: 'list of tools',
    remedy: said('said.check.tools.remedy'),
    async run(context) {
      const { tools } = await context.need('mcp').request('tools/list');
      const names = tools.map((tool: { name: string }) => tool.name);
      for (const name of TOOLS) must(names.includes(name), said('said.check.tools.missing', { name }));
      return said('said.check.tools.ok', { count: names.length });
    },
  },
  {
    name: 'session',
    async run(context) {
      const { client_key } = context.need('client');
      context.need('mcp');
      const [session, ...more] = await sessionsOf(context, client_key);
      must(session && more.length === 0, said('said.check.session.count'));
      must(session.status === 'active', said('said.check.session.status', { state: session.status }));
      context.keep({ session: session.session_id });
      return said('said.check.session.ok', { session: session.session_id });
    },
  },
  {
    name: 'second session',
    async run(context) {
      const { client_key } = context.need('client');
      const first = context.need('session');
      const other = await connectMcp(context.url, client_key);
      await other.callTool('health_check');
      const [second, ...more] = (await sessionsOf(context, client_key)).filter(
        ({ session_id }) => session_id !== first,
      );
      must(second && more.length === 0, said('said.check.second.none'));
      context.keep({ secondSession: second.session_id });
      return said('said.check.second.ok', { session: second.session_id });
    },
  },
];
