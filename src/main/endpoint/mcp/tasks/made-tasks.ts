import { DAY, type Ms, SECOND } from '../../../../shared/model/units';
import { NO_RESULT, progressWords, tooLong } from '../../../long-calls/call-words';
import { LONGEST_ANSWER, type LongCall } from '../../../long-calls/long-call-ports';
import type { Progress } from '../../../long-calls/progress';
import { keepNumbers } from '../../../mcp/exact-json';
import { isObject, type JsonRpcResponse, type Params, type RequestId, RPC, rpcError } from '../../../mcp/json-rpc';
import { noResult } from '../long-calls/handle-result';
import { RELATED } from './task-messages';

/**
 * The two forms that tasks have: of 2025-11-25, where the client asks for one with its call, and of the extension (SEP-2663), where
 * the server answers with one.
 */
export type TaskForm = 'augmented' | 'extension';

/** How long a task is kept, unless so many or such large ones come after it that it has to make room. */
const KEPT: Ms = DAY;
/** How often a client may ask: an answer costs one row read from the database. */
const POLL: Ms = SECOND;

type Row = Pick<LongCall, 'handle' | 'started_at' | 'handed_at' | 'ended_at' | 'state' | 'ok' | 'bytes'>;

/** What is known of a task besides its row. */
export interface TaskNow {
  readonly progress: Progress | null;
  /** Whether its server waits for an answer of the client. */
  readonly isAsking: boolean;
}

/** The answer to a call of which Holdfast has made a task. Its row is on disk. */
export function createdTask(id: RequestId, row: Row, form: TaskForm): JsonRpcResponse {
  const task = taskOf(row, form, { progress: null, isAsking: false });
  return { jsonrpc: '2.0', id, result: form === 'augmented' ? { task } : { resultType: 'task', ...task } };
}

/** What a client reads of a task that Holdfast has made (MCP 2025-11-25, tasks, data types; SEP-2663). Times are in milliseconds. */
export function taskOf(row: Row, form: TaskForm, now: TaskNow): Params {
  const { handle, started_at, handed_at, ended_at } = row;
  const said = progressWords(now.progress).trim();
  return {
    taskId: handle,
    status: statusOf(row, form, now),
    ...(said === '' || row.state !== 'running' ? {} : { statusMessage: said }),
    createdAt: new Date(started_at).toISOString(),
    lastUpdatedAt: new Date(ended_at ?? handed_at).toISOString(),
    ...(form === 'augmented' ? { ttl: KEPT, pollInterval: POLL } : { ttlMs: KEPT, pollIntervalMs: POLL }),
  };
}

/**
 * In 2025-11-25 a tool that reports an error has failed; in the extension it has completed, and only an error of the protocol is a
 * failure. That one cannot be told from the row: whoever has the answer says so.
 */
function statusOf({ state, ok }: Row, form: TaskForm, { isAsking }: TaskNow): string {
  if (state === 'running') return isAsking ? 'input_required' : 'working';
  if (state === 'cancelled') return 'cancelled';
  return form === 'extension' || ok === true ? 'completed' : 'failed';
}

/** What came of a task that is over, as the answer to this request. `answer` is null if none is kept. */
export function outcomeOf(id: RequestId, { state, bytes }: Row, answer: JsonRpcResponse | null): JsonRpcResponse {
  if (answer) return answer;
  if (state === 'cancelled') return rpcError(id, RPC.serverError, NO_RESULT.cancelled);
  return noResult(id, state === 'gone' && bytes > LONGEST_ANSWER ? tooLong(bytes) : NO_RESULT.gone);
}

/** A task of the extension that is over, with what came of it. */
export function endedTask(row: Row, outcome: JsonRpcResponse): Params {
  const task = taskOf(row, 'extension', { progress: null, isAsking: false });
  if (row.state === 'cancelled') return task;
  return outcome.error === undefined
    ? { ...task, result: outcome.result }
    : { ...task, status: 'failed', error: outcome.error };
}

/** The answer to `tasks/result` (MCP 2025-11-25, tasks, related task metadata). Numbers stay as they were written. */
export function ofTask(response: JsonRpcResponse, taskId: string): JsonRpcResponse {
  const { result } = response;
  if (!isObject(result)) return response;
  const meta = isObject(result._meta) ? result._meta : {};
  const _meta = keepNumbers(meta, { ...meta, [RELATED]: { taskId } });
  return { ...response, result: keepNumbers(result, { ...result, _meta }) };
}

/** The answer of a server to `tasks/result` as the one to a call that was no task. */
export function ofNoTask(response: JsonRpcResponse): JsonRpcResponse {
  const { result } = response;
  if (!isObject(result) || !isObject(result._meta) || result._meta[RELATED] === undefined) return response;
  const { _meta, ...rest } = result;
  const { [RELATED]: _, ...meta } = result._meta;
  const all = Object.keys(meta).length === 0 ? rest : { ...rest, _meta: keepNumbers(result._meta, meta) };
  return { ...response, result: keepNumbers(result, all) };
}
