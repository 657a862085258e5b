import {
  isObject,
  isRequestId,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '../../../mcp/json-rpc';

/** Where an id comes from: the server, and which of its successive channels. */
export interface Origin {
  /** Empty for Holdfast's own tools. */
  readonly server: string;
  readonly generation: number;
}

/**
 * Makes a server's request id or progress token unique among all servers, as two servers may use the same. The text
 * includes the origin, so the way back needs no memory and works even after a restart.
 */
const clientId = ({ server, generation }: Origin, id: RequestId): string =>
  `${server}:${generation}:${JSON.stringify(id)}`;

/** Parses a {@link clientId}; null when the text is not one. */
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

/** Replaces the id and the progress token of a server's request with the ones the client sees. */
export function requestForClient(origin: Origin, message: JsonRpcRequest): JsonRpcRequest {
  const { params } = message;
  const renamed = { ...message, id: clientId(origin, message.id) };
  const meta = params?._meta;
  if (!isObject(meta) || !isRequestId(meta.progressToken)) return renamed;
  const progressToken = clientId(origin, meta.progressToken);
  return { ...renamed, params: { ...params, _meta: { ...meta, progressToken } } };
}

/** Replaces the request id in a server's cancellation with the one the client sees. */
export function notificationForClient(origin: Origin, message: JsonRpcNotification): JsonRpcNotification {
  const requestId = message.params?.requestId;
  if (message.method !== 'notifications/cancelled' || !isRequestId(requestId)) return message;
  return { ...message, params: { ...message.params, requestId: clientId(origin, requestId) } };
}
