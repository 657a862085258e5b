import { isObject, type JsonRpcResponse, type Params } from '../../../mcp/json-rpc';
import { withTaskName } from './renaming';

/** Pages of one server that are read. */
const MAX_PAGES = 16;

/**
 * All tasks that one server lists for the client, in the client's names; none if it keeps no list.
 * @param capabilities - of the server
 * @param ask - sends a `tasks/list` with these parameters
 */
export async function listedTasks(
  server: string,
  capabilities: Params,
  ask: (params: Params) => Promise<JsonRpcResponse>,
): Promise<unknown[]> {
  if (!isObject(capabilities.tasks) || capabilities.tasks.list === undefined) return [];
  const all: unknown[] = [];
  let params: Params = {};
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { result } = await ask(params);
    if (!isObject(result) || !Array.isArray(result.tasks)) break;
    all.push(...result.tasks.map((task) => withTaskName(server, task)));
    if (typeof result.nextCursor !== 'string') break;
    params = { cursor: result.nextCursor };
  }
  return all;
}
