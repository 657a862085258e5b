import type { LongCall } from '../../../long-calls/long-call-ports';
import { ProgressTeller } from '../../../long-calls/progress-teller';
import { isNotification, type JsonRpcResponse, RPC, rpcError } from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import type { Services } from '../../../services';
import { isOk } from '../ending';
import { INTERRUPTED, type Relay, type ReplyTo } from '../relay/relay';
import type { FollowedTask } from '../tasks/followed-task';
import { taskOf } from '../tasks/made-tasks';
import { begunBy } from '../tasks/task-messages';
import { needsTasks } from '../tasks/task-plan';

/**
 * What a client gets of the answer to a call from before a restart. What that was made with is not kept, so it cannot be made again
 * where its server refuses it to clients that know no tasks; and nobody knows whether it just had been.
 */
export const afterRestart = (response: JsonRpcResponse): JsonRpcResponse =>
  needsTasks(response) ? rpcError(response.id, RPC.serverError, INTERRUPTED) : response;

/** Tells a client that has asked for a task that it is over (MCP 2025-11-25, tasks, task status notification). */
export function tellOfEnd(
  { longCalls }: Pick<Services, 'longCalls'>,
  callId: number,
  relay: Pick<Relay, 'tell'>,
): void {
  const call = longCalls.ofCall(callId);
  if (!call) return;
  const params = taskOf(call, 'augmented', { progress: null, isAsking: false });
  relay.tell({ jsonrpc: '2.0', method: 'notifications/tasks/status', params });
}

/** A call that was handed out before a restart, as its client knows it. */
export type ResumedCall = Pick<LongCall, 'call_id'> & {
  /** Whether its client hears of a task that is over. */
  readonly isTold: boolean;
};

/**
 * Receives the answer to a call that was handed out before a restart.
 * @param relay - of its session
 * @param cancel - gives it up at its server
 * @param follow - for the task that its server makes of it only now; null if it is that already
 */
export function resumedCall(
  services: Pick<Services, 'longCalls'>,
  { call_id, isTold }: ResumedCall,
  relay: () => Pick<Relay, 'tell'>,
  cancel: (reason: string) => void,
  follow: ((taskId: string) => FollowedTask) | null,
): ReplyTo {
  const { longCalls } = services;
  const teller = new ProgressTeller();
  let task: FollowedTask | null = null;
  longCalls.resume(call_id, (reason) => (task ? task.giveUp(reason) : cancel(reason)));
  const resumed: ReplyTo = {
    ofCall: call_id,
    sentAs: () => {},
    isLeft: () => true,
    leave: () => true,
    related: (message) => {
      if (!isNotification(message) || message.method !== 'notifications/progress') return;
      teller.fromServer(message.params ?? {});
      longCalls.progressed(call_id, teller.last);
    },
    reply: (said, cancelled) => {
      const response = afterRestart(said);
      const taskId = follow === null || task || cancelled ? null : begunBy(response);
      if (follow && taskId !== null) {
        longCalls.followed(call_id, taskId);
        task = follow(taskId);
        task.begin(resumed);
        return;
      }
      if (cancelled) longCalls.cancelled(call_id);
      else longCalls.answered(call_id, { text: textOf(response), ok: isOk(response) });
      if (isTold) tellOfEnd(services, call_id, relay());
    },
  };
  return resumed;
}
