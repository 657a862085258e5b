import type { Server } from '../../shared/contract/server';
import type { ListRemark } from '../mcp/lists/sound-list';

/** Remarks that are shown; the rest is counted. */
const SHOWN = 20;
const KEPT_PER_PAGE = 50;
/** Pages per list whose remarks are kept, the first ones. */
const MAX_PAGES = 64;

interface Page {
  readonly remarks: readonly ListRemark[];
  readonly more: number;
}

/** What may mislead comes first, then what is wrong with a list as a whole. */
const rank = ({ misleads, kind }: ListRemark): number => (misleads ? 0 : kind === 'list' ? 1 : 2);

/** What is remarkable about what a server listed last, for people. */
export class ListRemarks {
  private readonly lists = new Map<string, Map<string | null, Page>>();

  /** Replaces the remarks on one page of a list; with the first page, a list begins anew. */
  put(method: string, cursor: string | null, remarks: readonly ListRemark[]): void {
    const pages = (cursor === null ? undefined : this.lists.get(method)) ?? new Map<string | null, Page>();
    this.lists.set(method, pages);
    if (!pages.has(cursor) && pages.size >= MAX_PAGES) return;
    const kept = remarks.slice(0, KEPT_PER_PAGE);
    pages.set(cursor, { remarks: kept, more: remarks.length - kept.length });
  }

  /** Whether this page of a list was looked at. */
  has(method: string, cursor: string | null): boolean {
    return this.lists.get(method)?.has(cursor) ?? false;
  }

  clear(): void {
    this.lists.clear();
  }

  /** The remarks to show. `safe` takes secrets out of a text. */
  view(safe: (text: string) => string): Server['list_remarks'] {
    const pages = [...this.lists.values()].flatMap((list) => [...list.values()]);
    // The same may be wrong on several pages, and twice on one.
    const unique = new Map(pages.flatMap(({ remarks }) => remarks).map((remark) => [JSON.stringify(remark), remark]));
    const all = [...unique.values()].sort((a, b) => rank(a) - rank(b));
    const shown = all.slice(0, SHOWN).map(({ kind, name, problem, done }) => ({
      kind,
      name: safe(name),
      problem: safe(problem),
      done,
    }));
    return { shown, more: pages.reduce((sum, { more }) => sum + more, all.length - shown.length) };
  }
}
