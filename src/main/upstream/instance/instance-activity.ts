import type { ActivityLog, OpenActivity, ServedBy } from '../../activity/activity-log';
import {
  errorSaid,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../mcp/json-rpc';
import { sizeOf } from '../../mcp/message-text';
import type { InstanceRecord } from '../upstream-ports';

/** Most requests of a server whose outcome is awaited. The oldest are forgotten first. */
const MAX_ASKED = 1_000;

/** Reports to the activity log what one instance does: which process served a call, and what its server says. */
export class InstanceActivity {
  private readonly log: ActivityLog;
  private readonly record: () => InstanceRecord;
  /** The server's own requests, by its ids, oldest first. */
  private readonly asked = new Map<RequestId, OpenActivity>();

  /** @param record - the instance with its present process */
  constructor(log: ActivityLog, record: () => InstanceRecord) {
    this.log = log;
    this.record = record;
  }

  /** A request goes to the process. */
  sent(id: RequestId, isRepeat: boolean): void {
    this.log.served(id, this.by());
    if (isRepeat) this.log.repeated(id);
  }

  held(id: RequestId, isHeld: boolean): void {
    this.log.held(id, isHeld);
  }

  lost(id: RequestId): void {
    this.log.lost(id);
  }

  /** The server asks the client of this session for something. */
  asks(message: JsonRpcRequest, sessionId: string | null): void {
    const { id, method, params } = message;
    const one = this.log.begin(
      { ...this.arrival(method, params), session_id: sessionId, bytes_in: sizeOf(message), message },
      this.by(),
    );
    this.asked.set(id, one);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
  }

  /** The client has answered. */
  answered(response: JsonRpcResponse): void {
    const { id, error } = response;
    const one = id === null ? undefined : this.asked.get(id);
    if (!one || id === null) return;
    this.asked.delete(id);
    const bytes_out = sizeOf(response);
    if (error) one.end({ outcome: 'error', ...errorSaid(error), bytes_out, answer: response });
    else one.end({ outcome: 'ok', bytes_out, answer: response });
  }

  /** The server takes its request back. */
  takenBack(id: unknown): void {
    this.asked.get(id as RequestId)?.end({ outcome: 'cancelled' });
    this.asked.delete(id as RequestId);
  }

  /** The process is gone, and with it what it asked. */
  down(): void {
    for (const one of this.asked.values()) one.end({ outcome: 'lost', error: 'The process of the server ended.' });
    this.asked.clear();
  }

  /** The server tells its client something. Progress is part of its call. */
  tells(message: JsonRpcNotification): void {
    if (message.method === 'notifications/progress') return;
    const { method, params } = message;
    this.log.passed({ ...this.arrival(method, params), bytes_in: sizeOf(message), message }, this.by());
  }

  private by(): ServedBy {
    const { server, instance_id, pid } = this.record();
    return { server, instance_id, pid };
  }

  private arrival(method: string, params: Params | undefined) {
    const name = params?.uri ?? params?.name;
    return {
      session_id: this.record().session_key,
      transport_id: null,
      client_id: null,
      direction: 'to_client' as const,
      method,
      name: typeof name === 'string' ? name : null,
    };
  }
}
