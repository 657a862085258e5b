import type { ListedTools } from '../../shared/contract/server';
import { MOST_TOOLS } from '../../shared/contract/server';
import { itemsIn, lineOf } from '../mcp/lists/listed-items';
import type { StoredLists } from '../mcp/stored-lists';

/** Characters of a name; the rest is cut off. */
const LONGEST_NAME = 200;

/**
 * The tools that a server listed last, each name once, in its own order. Names and descriptions are whatever the server says;
 * whoever shows them makes them visible.
 *
 * @param canRun - whether its entry is valid: of any other, clients see nothing
 */
export function listedTools(lists: StoredLists | null, canRun: boolean): ListedTools {
  if (lists === null || !canRun || !hasToolsPage(lists)) return { tools: [], more: 0, changed_at: null };
  const byName = new Map<string, ListedTools['tools'][number]>();
  for (const [kind, { name, said }] of itemsIn(lists)) {
    if (kind !== 'tool' || byName.has(name)) continue;
    byName.set(name, { name: name.slice(0, LONGEST_NAME), description: lineOf(said.description) });
  }
  const tools = [...byName.values()];
  return {
    tools: tools.slice(0, MOST_TOOLS),
    more: Math.max(0, tools.length - MOST_TOOLS),
    changed_at: lists.learned_at,
  };
}

const hasToolsPage = ({ pages }: StoredLists): boolean =>
  (JSON.parse(pages) as [key: string, result: string][]).some(
    ([key]) => (JSON.parse(key) as unknown[])[0] === 'tools/list',
  );
