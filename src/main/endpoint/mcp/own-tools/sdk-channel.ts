import type { JSONRPCMessage, McpServer, MessageExtraInfo, Transport } from '@modelcontextprotocol/server';
import type { Ms } from '../../../../shared/model/units';
import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import type { Caller, ServerChannel } from '../../../mcp/server-channel';

/** Key under which the SDK hands the caller through to a tool; see {@link callerOf}. */
const CALLER = 'caller';

/** How a caller travels through the SDK, on either leg: its pass-through for authentication, which never holds a key here. */
export const authInfoOf = (caller: Caller) => ({
  token: '',
  clientId: caller.client.client_id,
  scopes: [],
  extra: { [CALLER]: caller },
});

/** The caller of the request that a tool serves. */
export function callerOf(context: { http?: { authInfo?: { extra?: Record<string, unknown> } } }): Caller {
  const caller = context.http?.authInfo?.extra?.[CALLER];
  if (!caller) throw new Error('the request came in without its caller');
  return caller as Caller;
}

/**
 * Puts an SDK server at the end of a session, in this process. Unlike the SDK's in-memory pair this transport keeps which
 * request a message belongs to, without which it could not go out on the right stream.
 */
export async function connectSdkServer(server: McpServer, idleAfter: Ms | null): Promise<ServerChannel> {
  let isClosed = false;
  const end: ServerChannel = {
    idleAfter,
    send: (message, caller) => {
      const extra: MessageExtraInfo = { authInfo: authInfoOf(caller) };
      transport.onmessage?.(message as JSONRPCMessage, extra);
    },
    onmessage: () => {},
    onclose: () => {},
    close: async () => {
      isClosed = true;
      await server.close();
    },
  };
  const transport: Transport = {
    start: async () => {},
    send: async (message, options) => {
      if (!isClosed) end.onmessage(message as JsonRpcMessage, options?.relatedRequestId ?? null);
    },
    close: async () => {
      transport.onclose?.();
      if (!isClosed) end.onclose();
    },
  };
  await server.connect(transport);
  return end;
}
