import { type SaidId, said } from '../../../shared/messages/said';
import type { ProcessLimits } from '../../../shared/model/policy';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock, Timers } from '../../platform/ports';
import { type Full, type HeldProcess, overMemory, roomFor } from './process-limits';

/** How long a start waits for room when every process is at work. */
const WAIT: Ms = 10 * SECOND;
const LOOK_AGAIN: Ms = 500;
/** A start that was let in begins within a moment, or was given up. */
const COMING: Ms = SECOND;

/** What is said when a limit is reached; it names the setting that raises it. */
const FULL: Record<Full['limit'], SaidId> = {
  perClient: 'said.server.room_client',
  perServer: 'said.server.room_server',
  inAll: 'said.server.room_all',
};

export interface ProcessRoomDeps {
  readonly limits: ProcessLimits;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Timers;
  readonly log: { warn(details: object, message: string): void };
  /** All processes that run or have been let in, but `except`; their memory is not known. */
  held(except: string | null): readonly HeldProcess[];
  /** Memory of these, in bytes by id. */
  memory(held: readonly HeldProcess[]): Promise<ReadonlyMap<string, number | null>>;
  /** Ends a process for the sake of others. Its session stays. */
  end(id: string): void;
}

/** Keeps the processes of servers within their limits. */
export class ProcessRoom {
  private readonly deps: ProcessRoomDeps;
  /** Let in just now, and not held yet. */
  private readonly coming = new Map<string, HeldProcess>();

  constructor(deps: ProcessRoomDeps) {
    this.deps = deps;
  }

  /**
   * Makes room for one more process. Ends others for it, if need be; if all are at work, waits up to 10 s.
   * @throws Error whose message continues a sentence that starts with the server's name
   */
  async admit(wanted: Pick<HeldProcess, 'id' | 'server' | 'client'>): Promise<void> {
    const { clock, timers, limits } = this.deps;
    const begin = clock.monotonic();
    for (;;) {
      const room = roomFor(wanted, this.heldBeside(wanted.id), limits);
      if ('end' in room) {
        this.coming.set(wanted.id, {
          ...wanted,
          isBusy: true,
          isAttached: true,
          isPinned: false,
          isFresh: true,
          unusedFor: 0,
          bytes: null,
        });
        timers.after(COMING, () => this.coming.delete(wanted.id));
        this.endAll(room.end, 'to make room for another');
        return;
      }
      if (clock.monotonic() - begin >= WAIT) throw new Error(sentenceOf(room));
      await new Promise<void>((resolve) => void timers.after(LOOK_AGAIN, resolve));
    }
  }

  /** Ends what is over the limit of memory. Call it every now and then. */
  async keepMemory(): Promise<void> {
    const held = this.deps.held(null);
    if (held.length === 0) return;
    const bytes = await this.deps.memory(held);
    const known = held.map((one) => ({ ...one, bytes: bytes.get(one.id) ?? null }));
    this.endAll(overMemory(known, this.deps.limits), 'to free memory');
  }

  /** All processes but this one, those included that several starts at once have just been promised. */
  private heldBeside(id: string): readonly HeldProcess[] {
    const held = this.deps.held(id);
    const known = new Set(held.map((one) => one.id));
    const coming = [...this.coming.values()].filter((one) => one.id !== id && !known.has(one.id));
    return [...held, ...coming];
  }

  private endAll(processes: readonly HeldProcess[], why: string): void {
    for (const { id, server, isAttached, unusedFor } of processes) {
      this.deps.log.warn({ server, isAttached, unusedFor }, `a process of a server was ended ${why}`);
      this.deps.end(id);
    }
  }
}

const sentenceOf = ({ limit, most }: Full): string => said(FULL[limit], { most });
