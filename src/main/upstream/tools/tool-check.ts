import { said } from '../../../shared/messages/said';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { isObject, type Params } from '../../mcp/json-rpc';
import type { Listings } from '../../mcp/lists/listings';
import type { Clock } from '../../platform/ports';

/** What a server says of its tools without announcing a change is read again after this. */
const SEEN_FOR: Ms = 5 * MINUTE;
const MAX_PAGES = 64;
/** Announcements during one reading that are followed. */
const MOST_READINGS = 3;
const METHOD = 'tools/list';

export interface ToolCheckDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Whether changed tools are held back at all. Otherwise nothing is checked. */
  isHolding(): boolean;
  /** Sends the server a list request. Rejects in bounded time, with what continues a sentence that begins with the server's name. */
  ask(params: Params): Promise<unknown>;
  /** Remembers what the tools on a page say of themselves. */
  readonly listings: Listings;
}

/**
 * While changed tools are held back, a tool is called only after what it says now has been read: a client may know it from an
 * earlier chat and never list it. One for each thing that can say something of its own: a process, a session over HTTP, or a
 * server without sessions.
 */
export class ToolCheck {
  private readonly deps: ToolCheckDeps;
  private seenAt: Ms | null = null;
  private reading: Promise<void> | null = null;

  constructor(deps: ToolCheckDeps) {
    this.deps = deps;
  }

  /** Whether a call has to wait for {@link read}. */
  get isDue(): boolean {
    const { clock, isHolding } = this.deps;
    if (!isHolding()) return false;
    return this.reading !== null || this.seenAt === null || clock.monotonic() - this.seenAt > SEEN_FOR;
  }

  /** Another process answers from now on, or the server has said that its tools are others. */
  forget(): void {
    this.seenAt = null;
  }

  /** Reads what all tools say. Those who ask meanwhile wait for the same. Rejects if the server does not give the whole list. */
  read(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    this.seenAt = null;
    for (let readings = 0; readings < MOST_READINGS && this.seenAt === null; readings += 1) {
      // What is announced meanwhile takes it back.
      this.seenAt = this.deps.clock.monotonic();
      try {
        await this.readOnce();
      } catch (error) {
        this.seenAt = null;
        const why = error instanceof Error ? error.message : said('said.server.no_list');
        throw new Error(said('said.server.tools_unknown', { why }));
      }
    }
  }

  private async readOnce(): Promise<void> {
    const { ask, listings } = this.deps;
    let params: Params = {};
    for (let page = 0; page < MAX_PAGES; page += 1) {
      listings.asked({ id: page, method: METHOD, params });
      const result = await ask(params);
      if (!isObject(result)) throw new Error(said('said.server.not_mcp', { method: METHOD }));
      const { result: sound } = listings.answered({ jsonrpc: '2.0', id: page, result });
      const cursor = isObject(sound) ? sound.nextCursor : undefined;
      if (typeof cursor !== 'string') return;
      params = { cursor };
    }
  }
}
