import { type Ms, SECOND } from '../../../../shared/model/units';
import { stillRunning } from '../../../long-calls/call-words';
import type { LongCall } from '../../../long-calls/long-call-ports';
import type { Progress } from '../../../long-calls/progress';
import { isObject, type JsonRpcResponse, type Params, type RequestId } from '../../../mcp/json-rpc';
import { itemsIn } from '../../../mcp/lists/listed-items';
import type { Services } from '../../../services';

/** Key in `_meta` of a result that stands for a call that goes on. */
const META = 'holdfast/long-call';

/**
 * The result that a client gets in place of the one that its call has yet to give.
 *
 * A tool with an `outputSchema` must give structured content that fits it, "unless it's an error" (MCP 2025-11-25, tools,
 * structured content, and both SDKs check): for such a tool this is marked as an error. For all others it is none, and holds the
 * handle as structured content too, with the sentence: clients such as Claude Code give a model only that when it is there.
 */
export function handleResult(
  id: RequestId,
  { handle }: Pick<LongCall, 'handle'>,
  running: Ms,
  progress: Progress | null,
  hasOutputSchema: boolean,
  questions = 0,
): JsonRpcResponse {
  const said = {
    handle,
    state: 'running',
    // The wall clock may have been set back since a call began.
    running_seconds: Math.max(0, Math.round(running / SECOND)),
    ...(progress === null ? {} : { progress: { ...progress } }),
    ...(questions === 0 ? {} : { questions }),
  };
  const message = stillRunning(handle, running, progress, questions);
  const marked = hasOutputSchema ? { isError: true } : { structuredContent: { message, ...said } };
  return {
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text: message }], ...marked, _meta: { [META]: said } },
  };
}

/** The result of `get_result` that says why there is none. */
export const noResult = (id: RequestId, why: string): JsonRpcResponse => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: why }], isError: true },
});

/** Whether a result stands for a call that goes on: no failure, whatever it is marked as. */
export const isHandleResult = (result: Params): boolean => isObject(result._meta) && result._meta[META] !== undefined;

/**
 * Whether a tool must give structured content, as far as is known. Of a tool that nobody has listed, or whose list cannot be
 * read now, nothing is.
 */
export function hasOutputSchema({ store }: Pick<Services, 'store'>, server: string, tool: string): boolean {
  try {
    const lists = store.serverLists.of(server);
    const found = lists && [...itemsIn(lists)].find(([kind, { name }]) => kind === 'tool' && name === tool);
    return !found || found[1].said.outputSchema !== undefined;
  } catch {
    return true;
  }
}
