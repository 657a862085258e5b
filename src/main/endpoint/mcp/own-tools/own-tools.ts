import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { sessionStatusSchema } from '../../../../shared/contract/session';
import { HoldfastError } from '../../../../shared/errors';
import { clientToolName } from '../../../../shared/model/client-names';
import { isAttached } from '../../../../shared/model/session';
import { SECOND } from '../../../../shared/model/units';
import { OWN_TOOLS } from '../../../mcp/own-tools';
import type { Caller, ServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import type { Principal } from '../../../sessions/reconnect/reconnection';
import { OWN_INSTRUCTIONS } from './own-tool-names';
import { ResultTools } from './result-tools';
import { callerOf, connectSdkServer } from './sdk-channel';
import { toolResult } from './tool-results';

/** Idle limit of Holdfast's own server, which keeps nothing between calls and is made again within a millisecond. */
const IDLE_AFTER = 30 * SECOND;
const LIST_LIMIT = 50;

const TAKEN_OVER =
  'Session taken over: its servers go on here, with what they hold. The chat of the other client did not come along; ask the ' +
  'person what it was about. ';
const GIVEN_UP = 'What this connection had before is gone.';
const KEPT =
  'All chats of this client share the session from now on. What they had before is kept for a while, without a client: the ' +
  'person can hand it back.';

const SHARED =
  'Servers shared: this session uses the same processes of its servers as the session of the other client now, for as long as ' +
  'both are there. What one of the two does, the other finds. The chat of the other client did not come along; ask the person ' +
  'what it is about. What the servers of this connection held before is gone.';

const sessionArgument = z.object({
  session_id: z.string().optional().describe('Session to act on; the session of this call when left out.'),
});
const reconnectArguments = z.object({
  session_id: z.string().describe('Session to come back to.'),
  reconnect_token: z.string().describe('Newest reconnect token of that session, or an invitation to it.'),
});
const listArguments = z.object({
  status: z.array(sessionStatusSchema).optional().describe('Only sessions in one of these states.'),
  limit: z.int().min(1).max(200).default(LIST_LIMIT),
});

const resultArguments = z.object({
  handle: z.string().describe('From the result of the call.'),
  wait_seconds: z.number().min(0).optional().describe('How long to wait; as long as possible when left out.'),
});

const READ_ONLY = { readOnlyHint: true, openWorldHint: false } as const;

/** Returns a function that opens a new channel to Holdfast's own tools. */
export const ownTools = (services: Services) => async (): Promise<ServerChannel> =>
  new ResultTools(await connectSdkServer(createOwnServer(services), IDLE_AFTER), services);

/** Creates a server with Holdfast's own tools, for MCP with or without sessions. A tool acts for its caller only. */
export function createOwnServer(services: Services): McpServer {
  const { manager, store, log } = services;
  const { version, token_life_minutes } = services.info();
  const server = new McpServer({ name: 'holdfast', title: 'Holdfast', version }, { instructions: OWN_INSTRUCTIONS });

  server.registerTool(
    OWN_TOOLS.reconnect,
    {
      title: 'Reconnect session',
      description:
        'Attaches this connection to an earlier session, with everything that session has. A token works once; the ' +
        'answer holds the next one. An invitation to take over a session of another client, or to share its servers, works in ' +
        'the same way.',
      inputSchema: reconnectArguments,
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    ({ session_id, reconnect_token }, context) =>
      toolResult(log, async () => {
        const caller = callerOf(context);
        const {
          replayed: _,
          taken_over,
          shared,
          ...reconnected
        } = await manager.reconnectSession({
          session_id,
          token: reconnect_token,
          principal: principalOf(caller),
          door: 'tool',
          transport_id: caller.transport_id,
        });
        if (!taken_over) return { ...reconnected, message: shared ? SHARED : 'Session reconnected' };
        const transport = manager.findTransport(caller.transport_id, caller.client.client_id);
        return { ...reconnected, message: TAKEN_OVER + (transport?.era === 'stateless' ? KEPT : GIVEN_UP) };
      }),
  );

  server.registerTool(
    OWN_TOOLS.info,
    {
      title: 'Session info',
      description:
        'Tells about a session of yours and, while it is attached, issues a fresh reconnect token; an unused earlier one ' +
        'ends. A session outlives its connections: it can be resumed for at least 24 hours after contact is lost. ' +
        `The token works once, within ${token_life_minutes} minutes, and only together with your own key.`,
      inputSchema: sessionArgument,
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    ({ session_id }, context) =>
      toolResult(log, async () => {
        const caller = callerOf(context);
        const principal = principalOf(caller);
        const id = session_id ?? sessionOf(services, caller);
        const { status } = manager.get(id, principal);
        const token = isAttached(status) ? await manager.issueReconnectToken(id, principal, 'tool') : null;
        return {
          session_id: id,
          session: manager.get(id, principal),
          reconnect_token: token?.reconnect_token ?? null,
          expires_in_minutes: token?.expires_in_minutes ?? null,
        };
      }),
  );

  server.registerTool(
    OWN_TOOLS.health,
    {
      title: 'Health check',
      description: 'Tells whether Holdfast is well: its version, how long it has been running, sessions attached now.',
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    () =>
      toolResult(log, () => ({
        status: 'ok',
        version,
        uptime_ms: services.clock.now() - services.info().started_at,
        attached_sessions: manager.attachedCount(),
      })),
  );

  server.registerTool(
    OWN_TOOLS.list,
    {
      title: 'List sessions',
      description: 'Lists your own sessions, the most recently active first.',
      inputSchema: listArguments,
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    ({ status, limit }, context) =>
      toolResult(log, () => {
        const { client_id } = callerOf(context).client;
        const page = { include_probes: false, sort: 'last_activity', order: 'desc', offset: 0 } as const;
        return store.sessions.page({ ...page, client_id, status, limit });
      }),
  );

  server.registerTool(
    OWN_TOOLS.end,
    {
      title: 'End session',
      description: 'Ends a session of yours for good: it can not be resumed, and its connections are closed.',
      inputSchema: sessionArgument,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ session_id }, context) =>
      toolResult(log, () => {
        const caller = callerOf(context);
        const id = session_id ?? sessionOf(services, caller);
        manager.close(id, principalOf(caller), 'client');
        return { session_id: id, message: 'Session ended' };
      }),
  );

  server.registerTool(
    OWN_TOOLS.result,
    {
      title: 'Get result',
      description: 'Waits for the result of a call that was answered with a handle, and returns it.',
      inputSchema: resultArguments,
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    // Served before a request gets here; see ResultTools.
    () => toolResult(log, () => Promise.reject(new HoldfastError('internal_error'))),
  );

  server.registerTool(
    OWN_TOOLS.results,
    {
      title: 'List results',
      description: 'Lists your calls that were answered with a handle, the newest first, and what became of them.',
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    (context) =>
      toolResult(log, () => ({
        results: services.longCalls.ofClient(callerOf(context).client.client_id).map((call) => ({
          handle: call.handle,
          tool: clientToolName(call.server, call.tool),
          state: call.state,
          started_at: new Date(call.started_at).toISOString(),
          seconds: Math.round(
            (call.ended_at === null
              ? services.longCalls.runningFor(call)
              : Math.max(0, call.ended_at - call.started_at)) / SECOND,
          ),
          progress: services.longCalls.progressOf(call.call_id),
        })),
      })),
  );
  return server;
}

const principalOf = ({ client }: Caller): Principal => ({ kind: 'client', client });

/** Id of the session that the caller's transport serves now. */
function sessionOf({ manager }: Services, { client, transport_id }: Caller): string {
  const id = manager.findTransport(transport_id, client.client_id)?.session_id;
  if (!id) throw new HoldfastError('session_not_found');
  return id;
}
