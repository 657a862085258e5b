import { said } from '../../../shared/messages/said';
import { keepNumbers } from '../exact-json';
import { isObject, type JsonRpcResponse, type Params, type RequestId } from '../json-rpc';
import { type ListedKind, listedKind } from './item-rules';
import { type ListRemark, soundPage } from './sound-list';

/**
 * A list ends after this many pages, and what is behind them is left out. The client of the newer SDK reads as many, and
 * gives up the whole list if there are more.
 */
const MAX_PAGES = 64;
/** List requests without an answer. The oldest are forgotten first, and their answers pass unseen. */
const MAX_OPEN = 1_000;
/** Names remembered per list, to recognize an item that comes again on a later page. */
const MAX_NAMES = 20_000;

export interface ListingsOptions {
  /** Called with what is remarkable about each page, nothing included. `cursor` is null for the first page. */
  readonly note: (method: string, cursor: string | null, remarks: readonly ListRemark[]) => void;
  /**
   * What is pointed out in a page, or only remembered of it: see `pointedOut`.
   * @param place - which page it is
   */
  readonly look: (place: string, kind: ListedKind, result: Params) => readonly ListRemark[];
  /** Whether a tool of this name is left out for now. Omitted: none is, or somebody else leaves them out. */
  readonly isHeld?: (tool: string) => boolean;
}

interface OpenList {
  readonly method: string;
  readonly cursor: string | null;
}

/** How far a list was read: the cursors that led here in turn, and the page of each name. */
interface Trail {
  readonly cursors: string[];
  readonly pages: Map<string, number>;
}

/**
 * What one user of a server lists from it. Answers to list requests come out as strict clients take them, and every list
 * ends: an empty cursor, one that was there before, pages that only repeat earlier ones and more than 64 pages count as
 * the end. Everything else, other messages included, stays as it is.
 */
export class Listings {
  private readonly options: ListingsOptions;
  private readonly open = new Map<RequestId, OpenList>();
  private readonly trails = new Map<string, Trail>();

  constructor(options: ListingsOptions) {
    this.options = options;
  }

  /** Call it with each request that is sent; others than list requests are ignored. */
  asked({ id, method, params }: { id: RequestId; method: string; params?: Params }): void {
    if (!listedKind(method)) return;
    const [oldest] = this.open.keys();
    if (this.open.size >= MAX_OPEN && oldest !== undefined) this.open.delete(oldest);
    this.open.set(id, { method, cursor: typeof params?.cursor === 'string' ? params.cursor : null });
  }

  /** The response for the client: the same reference unless it answers a list request and something is wrong with it. */
  answered(response: JsonRpcResponse): JsonRpcResponse {
    const asked = response.id === null ? undefined : this.open.get(response.id);
    if (!asked || response.id === null) return response;
    this.open.delete(response.id);
    const kind = listedKind(asked.method);
    if (!kind || !isObject(response.result)) return response;
    const result = this.withoutHeld(kind, this.page(kind, asked, response.result));
    return result === response.result ? response : { ...response, result };
  }

  private withoutHeld(kind: ListedKind, result: Params): Params {
    const tools = result[kind.key];
    if (kind.word !== 'tool' || !Array.isArray(tools)) return result;
    const { isHeld } = this.options;
    const shown = tools.filter((tool) => !isHeld?.(String(tool.name)));
    return shown.length === tools.length ? result : keepNumbers(result, { ...result, [kind.key]: shown });
  }

  private page(kind: ListedKind, { method, cursor }: OpenList, given: Params): Params {
    const trail = this.trailTo(method, cursor);
    const page = trail.cursors.length;
    const sound = soundPage(kind, given, (id) => (trail.pages.get(id) ?? page) < page);
    const ids = idsOf(kind, sound.result);
    for (const id of ids) if (trail.pages.size < MAX_NAMES) trail.pages.set(id, page);
    const { nextCursor, ...rest } = sound.result;
    const isRepeat = page > 0 && ids.length === 0 && idsOf(kind, given).length > 0;
    const problem = nextCursor === undefined ? null : endOf(String(nextCursor), trail.cursors, isRepeat);
    const remarks = [...sound.remarks, ...this.options.look(`${method} ${cursor ?? ''}`, kind, sound.result)];
    if (problem === null) {
      if (nextCursor !== undefined) trail.cursors.push(String(nextCursor));
      this.options.note(method, cursor, remarks);
      return sound.result;
    }
    const end: ListRemark = { kind: 'list', name: kind.key, problem, done: said('said.list.ends') };
    this.options.note(method, cursor, [end, ...remarks]);
    return rest;
  }

  /** The way to this page. A cursor whose origin is not known, as after a restart of Holdfast, starts a new one. */
  private trailTo(method: string, cursor: string | null): Trail {
    const known = this.trails.get(method);
    const at = cursor === null ? -1 : (known?.cursors.indexOf(cursor) ?? -1);
    if (!known || at < 0) {
      const trail: Trail = { cursors: cursor === null ? [] : [cursor], pages: new Map() };
      this.trails.set(method, trail);
      return trail;
    }
    // A page that is read again: what was behind it may be different now.
    known.cursors.splice(at + 1);
    for (const [id, page] of known.pages) if (page > at) known.pages.delete(id);
    return known;
  }
}

/** Why the list ends here although there is a cursor; null if it goes on. */
function endOf(next: string, cursors: readonly string[], isRepeat: boolean): string | null {
  if (next === '') return said('said.list.no_cursor');
  if (cursors.includes(next)) return said('said.list.circle');
  if (isRepeat) return said('said.list.repeats');
  return cursors.length + 1 >= MAX_PAGES ? said('said.list.too_many', { most: MAX_PAGES }) : null;
}

function idsOf(kind: ListedKind, result: Params): string[] {
  const items = result[kind.key];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => (isObject(item) && typeof item[kind.id] === 'string' ? [String(item[kind.id])] : []));
}
