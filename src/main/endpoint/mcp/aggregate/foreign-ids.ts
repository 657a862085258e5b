import {
  isObject,
  isRequestId,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '../../../mcp/json-rpc';

/** Whose id it is: of which server, and of which of its channels in turn. */
export interface Origin {
  /** Empty for Holdfast's own server. */
  readonly server: string;
  readonly generation: number;
}

/**
 * Ids that servers give, of their requests and for progress they ask for, among those of all servers: two may use the
 * same. The text says whose it is, so that nothing has to be remembered for the way back, not even over a restart.
 */
const clientId = ({ server, generation }: Origin, id: RequestId): string =>
  `${server}:${generation}:${JSON.stringify(id)}`;

/** Takes a {@link clientId} apart; null when it is none. */
export function serverId(text: unknown): (Origin & { readonly id: RequestId }) | null {
  const [, server, generation, encoded] = (typeof text === 'string' && /^([^:]*):(\d+):(.*)$/s.exec(text)) || [];
  if (server === undefined || encoded === undefined) return null;
  try {
    const id: unknown = JSON.parse(encoded);
    return isRequestId(id) ? { server, generation: Number(generation), id } : null;
  } catch {
    return null;
  }
}

/** A server's request with the ids in it as the client sees them. */
export function requestForClient(origin: Origin, message: JsonRpcRequest): JsonRpcRequest {
  const { params } = message;
  const renamed = { ...message, id: clientId(origin, message.id) };
  const meta = params?._meta;
  if (!isObject(meta) || !isRequestId(meta.progressToken)) return renamed;
  const progressToken = clientId(origin, meta.progressToken);
  return { ...renamed, params: { ...params, _meta: { ...meta, progressToken } } };
}

/** A server's notification with the ids in it as the client sees them. */
export function notificationForClient(origin: Origin, message: JsonRpcNotification): JsonRpcNotification {
  const requestId = message.params?.requestId;
  if (message.method !== 'notifications/cancelled' || !isRequestId(requestId)) return message;
  return { ...message, params: { ...message.params, requestId: clientId(origin, requestId) } };
}
