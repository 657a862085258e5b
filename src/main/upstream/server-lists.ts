import type { Server } from '../../shared/contract/server';
import { said } from '../../shared/messages/said';
import type { Params } from '../mcp/json-rpc';
import { type ListedKind, listedKind } from '../mcp/lists/item-rules';
import { Listings } from '../mcp/lists/listings';
import { LookedAt } from '../mcp/lists/looked-at';
import { pointedOut } from '../mcp/lists/pointed-out';
import type { ListRemark } from '../mcp/lists/sound-list';
import type { StoredLists } from '../mcp/stored-lists';
import { ListRemarks } from './list-remarks';
import type { ToolMemory } from './tools/tool-memory';

/** What one server lists, and what is to be said of that. */
export class ServerLists {
  private readonly name: string;
  private readonly tools: ToolMemory;
  private readonly listRemarks = new ListRemarks();
  private readonly lookedAt = new LookedAt();

  constructor(name: string, tools: ToolMemory) {
    this.name = name;
    this.tools = tools;
  }

  /**
   * What one user lists from this server.
   * @param isPartly - whether somebody merges it with other lists, and leaves out what is held back
   */
  listings(isPartly: boolean): Listings {
    return new Listings({
      look: (place, kind, result) => this.look(place, kind, result),
      ...(isPartly ? {} : { isHeld: (tool) => this.tools.isHeld(this.name, tool) }),
      note: (method, cursor, remarks) => this.listRemarks.put(method, cursor, remarks),
    });
  }

  /** Points out what is remarkable about what the server listed for an earlier Holdfast, unless it has listed since. */
  remarkOn({ pages }: StoredLists): void {
    for (const [key, result] of JSON.parse(pages) as [key: string, result: string][]) {
      const [method, cursor] = JSON.parse(key) as [string, string | null];
      const kind = listedKind(method);
      if (!kind || this.listRemarks.has(method, cursor)) continue;
      const remarks = pointedOut(this.name, kind, JSON.parse(result), (tool) => this.tools.lookAlike(tool));
      this.listRemarks.put(method, cursor, remarks);
    }
  }

  /** See `ServerSource.announcedInVain`. */
  announcedInVain(times: number): void {
    const problem = said('said.list.announced', { times });
    const remark = {
      kind: 'list',
      name: 'tools, prompts or resources',
      problem,
      done: said('said.list.not_told'),
    } as const;
    this.listRemarks.put('list_changed', null, times === 0 ? [] : [remark]);
  }

  /** Another configuration holds: what it listed before says nothing of it. */
  clear(): void {
    this.listRemarks.clear();
  }

  /** See {@link ListRemarks.view}. */
  remarks(safe: (text: string) => string): Server['list_remarks'] {
    return this.listRemarks.view(safe);
  }

  /** Remembers what tools say of themselves, and says what is to be pointed out. */
  private look(place: string, kind: ListedKind, result: Params): readonly ListRemark[] {
    const { name, tools } = this;
    // A tool of another server may have come that looks like one of these.
    return this.lookedAt.on(place, `${tools.names} ${JSON.stringify(result)}`, () => {
      const listed = result[kind.key];
      if (kind.word === 'tool' && Array.isArray(listed)) tools.listed(name, listed);
      return pointedOut(name, kind, result, (tool) => tools.lookAlike(tool));
    });
  }
}
