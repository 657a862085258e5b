import { ask, type Unchecked } from '../../platform/ask';
import type { Check } from '../check';
import type { CheckContext, DoctorClient } from '../check-context';
import { must, mustBe } from '../failure';
import { connectMcp } from '../mcp-client';

const TOOLS = ['reconnect_session', 'session_info', 'health_check', 'list_sessions', 'end_session'];

async function createClient(context: CheckContext, name: string): Promise<DoctorClient> {
  const body = { name, type: 'other' };
  const answer = await ask(`${context.url}/api/mcp/clients`, { method: 'POST', key: context.adminKey, body });
  must(answer.status < 300, () => `the client was not created: ${answer.status} ${answer.body?.detail ?? ''}`);
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
      return 'two clients created with the admin key, which a client key may not do';
    },
  },
  {
    name: 'MCP',
    async run(context) {
      const { client_key } = context.need('client');
      const mcp = await connectMcp(context.url, client_key);
      must((await sessionsOf(context, client_key)).length === 0, 'a bare handshake made a session');
      const result = await mcp.callTool('health_check');
      must(!result.isError, 'the tool health_check failed');
      context.keep({ mcp });
      return 'initialize, tools/call';
    },
  },
  {
    // On its own: servers that hang may hold it up, and what comes after it needs none of them.
    name: 'list of tools',
    remedy: 'A server may hold it up: see the check of the servers.',
    async run(context) {
      const { tools } = await context.need('mcp').request('tools/list');
      const names = tools.map((tool: { name: string }) => tool.name);
      for (const name of TOOLS) must(names.includes(name), `the tool ${name} is missing`);
      return `tools/list (${names.length} tools)`;
    },
  },
  {
    name: 'session',
    async run(context) {
      const { client_key } = context.need('client');
      context.need('mcp');
      const [session, ...more] = await sessionsOf(context, client_key);
      must(session && more.length === 0, 'the client has not exactly one session after its tool call');
      must(session.status === 'active', `its status is ${session.status} instead of active`);
      context.keep({ session: session.session_id });
      return `${session.session_id} is active, made by the tool call`;
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
      must(
        second && more.length === 0,
        'a second connection of a client that is still there has no session of its own',
      );
      context.keep({ secondSession: second.session_id });
      return `${second.session_id}, for a second connection of the same client`;
    },
  },
];
