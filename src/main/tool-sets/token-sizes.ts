import { clientToolName } from '../../shared/model/client-names';
import { itemsIn } from '../mcp/lists/listed-items';
import type { StoredLists } from '../mcp/stored-lists';

/** Servers whose sizes are remembered, most recently asked ones. */
const MOST_SERVERS = 64;

/**
 * How many tokens each tool takes in a chat's context: its name, description and schemas as clients send them to a model.
 * An estimate, within a few percent for English and JSON: every model counts differently.
 */
export class TokenSizes {
  private readonly known = new Map<string, { readonly pages: string; readonly sizes: ReadonlyMap<string, number> }>();

  /** Loads the estimator when it is first needed. */
  async of(lists: StoredLists): Promise<ReadonlyMap<string, number>> {
    const { server, pages } = lists;
    const known = this.known.get(server);
    this.known.delete(server);
    const entry = known?.pages === pages ? known : { pages, sizes: await sizesIn(lists) };
    this.known.set(server, entry);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_SERVERS && oldest !== undefined) this.known.delete(oldest);
    return entry.sizes;
  }
}

async function sizesIn(lists: StoredLists): Promise<ReadonlyMap<string, number>> {
  const { estimateTokenCount } = await import('tokenx');
  const sizes = new Map<string, number>();
  for (const [kind, { name, said }] of itemsIn(lists)) {
    if (kind !== 'tool' || sizes.has(name)) continue;
    const { description, inputSchema } = said;
    const sent = { name: clientToolName(lists.server, name), description, input_schema: inputSchema };
    sizes.set(name, estimateTokenCount(JSON.stringify(sent)));
  }
  return sizes;
}
