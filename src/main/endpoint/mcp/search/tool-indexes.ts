import { createHash } from 'node:crypto';
import { isObject, type Params } from '../../../mcp/json-rpc';
import type { SearchableTool, ToolIndex } from '../../../tool-sets/search/tool-index';
import { clientTitle, serverName } from '../aggregate/names';

/** Lists whose indexes are kept, the most recently searched ones. */
const MOST = 8;

/** Indexes of the lists that are searched, shared by all sessions that see the same. */
export class ToolIndexes {
  private readonly known = new Map<string, Promise<ToolIndex>>();

  /** The index of these tools, which are listed as clients get them. */
  of(tools: readonly Params[]): Promise<ToolIndex> {
    const searchable = tools.flatMap(searchableOf);
    const key = createHash('sha256').update(JSON.stringify(searchable)).digest('base64');
    const index = this.known.get(key) ?? indexOf(searchable);
    this.known.delete(key);
    this.known.set(key, index);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
    return index;
  }
}

const indexOf = async (tools: readonly SearchableTool[]): Promise<ToolIndex> =>
  (await import('../../../tool-sets/search/tool-index')).ToolIndex.of(tools);

function searchableOf({ name, title, description, inputSchema }: Params): SearchableTool[] {
  const named = typeof name === 'string' ? serverName(name) : null;
  if (typeof name !== 'string' || named === null) return [];
  const properties = isObject(inputSchema) && isObject(inputSchema.properties) ? inputSchema.properties : {};
  return [
    {
      name,
      server: named.server,
      own: named.name,
      // One that says nothing else would count twice.
      title: typeof title !== 'string' || title === clientTitle(named.server, named.name) ? '' : title,
      description: typeof description === 'string' ? description : '',
      parameters: Object.keys(properties),
    },
  ];
}
