import type { JSONRPCMessage, McpServer, MessageExtraInfo, Transport } from '@modelcontextprotocol/server';
import { HoldfastError } from '../../../../shared/errors';
import type { Ms } from '../../../../shared/model/units';
import { isResponse, type JsonRpcMessage, type JsonRpcResponse } from '../../../mcp/json-rpc';
import type { Caller, InitializeResult, ServerChannel } from '../../../mcp/server-channel';

/** Key under which the SDK passes the caller through to a tool; see {@link callerOf}. */
const CALLER = 'caller';

/** Packs a caller into the authentication info that the SDK passes on, with or without sessions; never a key. */
export const authInfoOf = (caller: Caller) => ({
  token: '',
  clientId: caller.client.client_id,
  scopes: [],
  extra: { [CALLER]: caller },
});

/** The caller of the request that a tool serves, as packed by {@link authInfoOf}. */
export function callerOf(context: { http?: { authInfo?: { extra?: Record<string, unknown> } } }): Caller {
  const caller = context.http?.authInfo?.extra?.[CALLER];
  if (!caller) throw new Error('the request came in without its caller');
  return caller as Caller;
}

/** Differs from every id of the relay. */
const INITIALIZE_ID = 'initialize';

/**
 * Connects an SDK server in this process as the channel of a session. Unlike the SDK's in-memory transport, this one
 * keeps track of the request that a message belongs to, which is needed to send it on the right stream.
 */
export async function connectSdkServer(server: McpServer, idleAfter: Ms | null): Promise<ServerChannel> {
  let isClosed = false;
  let onInitialized: (response: JsonRpcResponse) => void = () => {};
  const send: ServerChannel['send'] = (message, caller) => {
    const extra: MessageExtraInfo = { authInfo: authInfoOf(caller) };
    transport.onmessage?.(message as JSONRPCMessage, extra);
  };
  const channel: ServerChannel = {
    idleAfter,
    initialize: async (params, caller) => {
      const answered = new Promise<JsonRpcResponse>((resolve) => {
        onInitialized = resolve;
      });
      send({ jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params }, caller);
      const { error, result } = await answered;
      if (error) throw new HoldfastError('server_unavailable', error.message);
      send({ jsonrpc: '2.0', method: 'notifications/initialized' }, caller);
      return result as InitializeResult;
    },
    send,
    onmessage: () => {},
    onclose: () => {},
    close: async () => {
      isClosed = true;
      await server.close();
    },
  };
  const transport: Transport = {
    start: async () => {},
    send: async (sent, options) => {
      const message = sent as JsonRpcMessage;
      if (isClosed) return;
      if (isResponse(message) && message.id === INITIALIZE_ID) onInitialized(message);
      else channel.onmessage(message, options?.relatedRequestId ?? null);
    },
    close: async () => {
      transport.onclose?.();
      if (!isClosed) channel.onclose();
    },
  };
  await server.connect(transport);
  return channel;
}
