import { BY_CLIENT } from '../../../long-calls/call-words';
import type { LongCall } from '../../../long-calls/long-call-ports';
import {
  asMessage,
  isObject,
  isResponse,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../../mcp/json-rpc';
import { valuesIn } from '../../../mcp/message-text';
import type { Services } from '../../../services';
import { lostCall } from '../long-calls/lost-call';
import { endedTask, outcomeOf, taskOf } from '../tasks/made-tasks';
import { taskOf as taskIn, withoutTaskMeta } from '../tasks/task-messages';
import type { BridgedCall } from './bridged-call';
import type { StatelessCall } from './stateless-call';
import { answerable } from './stateless-messages';

interface Kept {
  readonly callId: number;
  readonly call: BridgedCall;
  readonly capabilities: Params;
  /** The task that its server made of it; null if there is none. */
  readonly taskId: string | null;
}

/**
 * The tasks that Holdfast made of the calls of one client without sessions (SEP-2663). What their servers ask waits here until the
 * client looks at the task. That part is lost with this run; the task itself, and what comes of it, is not.
 */
export class BridgedTasks {
  private readonly services: Pick<Services, 'longCalls'>;
  /** Those whose calls run, by their ids; at most as many as a client may have. */
  private readonly running = new Map<string, Kept>();

  constructor(services: Pick<Services, 'longCalls'>) {
    this.services = services;
  }

  /** Looks at the answer to a call: if it is a task made here, what its server asks from now on is kept for it. */
  begun({ client, capabilities }: StatelessCall, call: BridgedCall, { result }: JsonRpcResponse): void {
    if (!isObject(result) || result.resultType !== 'task' || typeof result.taskId !== 'string') return;
    const { longCalls } = this.services;
    const made = longCalls.find(result.taskId, client.client_id);
    if (!made) return;
    for (const taskId of [...this.running.keys()]) {
      if (longCalls.find(taskId, client.client_id)?.state !== 'running') this.running.delete(taskId);
    }
    const kept = { callId: made.call_id, call, capabilities, taskId: made.task_id };
    this.running.set(made.handle, kept);
    for (const question of [...call.questions.values()]) refuseUndeclared(kept, question);
  }

  /**
   * Takes a question of a server. False if it belongs to no task that is kept.
   * @param ofCall - the call that asks it; null if that is not known
   */
  asked(question: JsonRpcRequest, ofCall: RequestId | null): boolean {
    const related = taskIn(question.method, question.params);
    const isAsking = ({ callId, taskId }: Kept) => callId === ofCall || (related !== null && taskId === related);
    return this.takes(this.open.find(isAsking), question);
  }

  /** The same of a question that does not say what it belongs to: it goes to the newest task. */
  askedByAny(question: JsonRpcRequest): boolean {
    return this.takes(this.open.at(-1), question);
  }

  /** A server has taken a question back, by the id that it has here. */
  takenBack(id: string): void {
    for (const { call } of this.running.values()) call.takenBack(id);
  }

  private get open(): Kept[] {
    return [...this.running.values()].filter(
      ({ callId }) => this.services.longCalls.ofCall(callId)?.state === 'running',
    );
  }

  private takes(kept: Kept | undefined, question: JsonRpcRequest): boolean {
    if (kept) ask(kept, question);
    return kept !== undefined;
  }

  /** A task made here as `tasks/get` answers now, whose result is not fetched by that; null for one of anybody else. */
  look(call: StatelessCall, taskId: unknown): Params | null {
    const made = this.find(call, taskId);
    return made && this.get(call, made, (callId) => this.services.longCalls.answerOf(callId));
  }

  private find({ client }: StatelessCall, taskId: unknown): LongCall | null {
    return typeof taskId === 'string' ? this.services.longCalls.find(taskId, client.client_id) : null;
  }

  /** The result of a request for a task made here; null for one of anybody else. */
  serve(call: StatelessCall, method: string): Params | null {
    const { taskId, inputResponses } = call.params;
    const { longCalls } = this.services;
    const made = this.find(call, taskId);
    if (!made) return null;
    if (method === 'tasks/get') return this.get(call, made, (callId) => longCalls.fetch(callId));
    if (method === 'tasks/cancel') {
      // Of one that is over there is nothing to say (SEP-2663: acknowledged all the same).
      longCalls.cancel(made.call_id, BY_CLIENT);
      this.running.delete(made.handle);
    } else if (isObject(inputResponses)) {
      for (const [key, result] of Object.entries(inputResponses))
        if (isObject(result)) this.running.get(made.handle)?.call.answer(key, { result });
    }
    return {};
  }

  private get({ marks }: StatelessCall, made: LongCall, textOf: (callId: number) => string | null): Params {
    const { longCalls } = this.services;
    const lost = lostCall(longCalls, made);
    if (lost || made.state !== 'running') {
      this.running.delete(made.handle);
      const text = lost ? null : textOf(made.call_id);
      const answer = text === null ? lost?.answer : asMessage(valuesIn(text)[0]);
      const row = lost?.call ?? made;
      const outcome = outcomeOf('', row, answer && isResponse(answer) ? answer : null);
      const { result, error, ...task } = endedTask(row, outcome);
      return {
        ...task,
        ...(result === undefined ? {} : { result: marks.put(result) }),
        ...(error === undefined ? {} : { error: marks.within(error) }),
      };
    }
    const questions = [...(this.running.get(made.handle)?.call.questions ?? [])];
    const asked = questions.map(([key, { method, params }]) => [
      key,
      { method, params: marks.put(withoutTaskMeta(params)) },
    ]);
    const isAsking = asked.length > 0;
    const task = taskOf(made, 'extension', { progress: longCalls.progressOf(made.call_id), isAsking });
    return isAsking ? { ...task, inputRequests: Object.fromEntries(asked) } : task;
  }
}

function ask(kept: Kept, question: JsonRpcRequest): void {
  kept.call.ask(question);
  refuseUndeclared(kept, question);
}

/** Answers what the client cannot be asked: its server would wait forever. */
function refuseUndeclared({ call, capabilities }: Kept, { id, method }: JsonRpcRequest): void {
  if (!answerable(method, capabilities)) call.answer(String(id), { error: unaskable(method) });
}

const METHOD_NOT_FOUND = -32601;

/** The error for a server whose client does not answer this. */
export const unaskable = (method: string) => ({
  code: METHOD_NOT_FOUND,
  message: `This client does not answer ${method}.`,
});
