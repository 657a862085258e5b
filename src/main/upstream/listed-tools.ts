import type { ListedTools } from '../../shared/contract/server';
import { MOST_TOOLS } from '../../shared/contract/server';
import { isObject } from '../mcp/json-rpc';
import type { StoredLists } from '../mcp/stored-lists';

/** Characters of a name and of a description; the rest is cut off. */
const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 300;

type Tool = ListedTools['tools'][number];

/**
 * The tools that a server listed last, each name once, in its own order. Names and descriptions are whatever the server says;
 * whoever shows them makes them visible.
 *
 * @param canRun - whether its entry is valid: of any other, clients see nothing
 */
export function listedTools(lists: StoredLists | null, canRun: boolean): ListedTools {
  if (lists === null || !canRun) return { tools: [], more: 0, changed_at: null };
  const pages = JSON.parse(lists.pages) as [key: string, result: string][];
  const listings = pages.filter(([key]) => isToolsPage(key));
  if (listings.length === 0) return { tools: [], more: 0, changed_at: null };
  const byName = new Map<string, Tool>();
  for (const tool of listings.flatMap(([, result]) => toolsIn(JSON.parse(result)))) {
    if (!byName.has(tool.name)) byName.set(tool.name, tool);
  }
  const tools = [...byName.values()];
  return {
    tools: tools.slice(0, MOST_TOOLS),
    more: Math.max(0, tools.length - MOST_TOOLS),
    changed_at: lists.learned_at,
  };
}

const isToolsPage = (key: string): boolean => (JSON.parse(key) as unknown[])[0] === 'tools/list';

function toolsIn(result: unknown): Tool[] {
  const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
  return tools.flatMap((tool: unknown) => {
    if (!isObject(tool) || typeof tool.name !== 'string') return [];
    return [{ name: tool.name.slice(0, LONGEST_NAME), description: lineOf(tool.description) }];
  });
}

/** The first line that says something. */
function lineOf(description: unknown): string | null {
  if (typeof description !== 'string') return null;
  const line = description
    .slice(0, 10 * LONGEST_DESCRIPTION)
    .split('\n')
    .find((one) => one.trim() !== '');
  return line === undefined ? null : line.trim().slice(0, LONGEST_DESCRIPTION);
}
