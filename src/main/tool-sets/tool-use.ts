import { DAY, type Ms, SECOND } from '../../shared/model/units';
import type { Clock, Timers } from '../platform/ports';
import type { ToolUseRepository } from './tool-set-ports';

/** What was used is written together, this long after the first. A kill loses that much. */
const BATCH_DELAY: Ms = 5 * SECOND;
/** Different tools that wait to be written; others are not counted until then. */
const MOST_WAITING = 2_000;
const DAYS_KEPT = 35;
/** Days that {@link ToolUse.of} looks at. */
const DAYS_LOOKED_AT = 30;
const LONGEST_NAME = 200;

/** How the tools of a server were used within 30 days. */
export interface Usage {
  /** On so many days the server was listed to a client: without that, no use of it says nothing. */
  readonly days: number;
  readonly tools: ReadonlyMap<string, { readonly calls: number; readonly last_used: Ms }>;
}

export interface ToolUseDeps {
  readonly repository: ToolUseRepository;
  readonly clock: Pick<Clock, 'now'>;
  readonly timers: Pick<Timers, 'after'>;
  readonly onProblem: (error: unknown) => void;
}

/** Counts how often each tool is called, a number a day for 35 days. Says nothing about who called it. */
export class ToolUse {
  private readonly deps: ToolUseDeps;
  private waiting = new Map<string, { server: string; tool: string; day: number; calls: number }>();
  private cancelFlush: (() => void) | null = null;
  private isClosed = false;

  constructor(deps: ToolUseDeps) {
    this.deps = deps;
  }

  /** A call of a tool was answered by its server. */
  called(server: string, tool: string): void {
    if (tool !== '' && tool.length <= LONGEST_NAME) this.count(server, tool);
  }

  /** A client was sent the tools of these servers. */
  listed(servers: readonly string[]): void {
    for (const server of servers) this.count(server, '');
  }

  of(server: string): Usage {
    this.flush();
    const rows = this.deps.repository.of(server, this.today() - DAYS_LOOKED_AT + 1);
    const tools = new Map<string, { calls: number; last_used: Ms }>();
    const days = new Set<number>();
    for (const { tool, day, calls } of rows) {
      days.add(day);
      if (tool === '') continue;
      const known = tools.get(tool);
      tools.set(tool, {
        calls: (known?.calls ?? 0) + calls,
        last_used: Math.max(known?.last_used ?? 0, day * DAY),
      });
    }
    return { days: days.size, tools };
  }

  /** Gives the use of a server to its new name. Does not throw: it is only shown. */
  rename(from: string, to: string): void {
    this.flush();
    try {
      this.deps.repository.rename(from, to);
    } catch (error) {
      this.deps.onProblem(error);
    }
  }

  /** Writes what waits. While the database cannot be written, it goes on waiting. */
  flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    if (this.waiting.size === 0) return;
    try {
      this.deps.repository.add([...this.waiting.values()], this.today() - DAYS_KEPT);
      this.waiting.clear();
    } catch (error) {
      this.deps.onProblem(error);
      this.flushLater();
    }
  }

  /** Writes what waits, for the last time. */
  close(): void {
    if (this.isClosed) return;
    this.flush();
    this.isClosed = true;
    this.cancelFlush?.();
  }

  private count(server: string, tool: string): void {
    if (this.isClosed) return;
    const day = this.today();
    const key = JSON.stringify([server, tool, day]);
    const known = this.waiting.get(key);
    if (known) known.calls += 1;
    else if (this.waiting.size < MOST_WAITING) this.waiting.set(key, { server, tool, day, calls: 1 });
    this.flushLater();
  }

  private flushLater(): void {
    this.cancelFlush ??= this.deps.timers.after(BATCH_DELAY, () => {
      this.cancelFlush = null;
      this.flush();
    });
  }

  private today(): number {
    return Math.floor(this.deps.clock.now() / DAY);
  }
}
