import { MAX_RECORDED_MINUTES, type Recording, type RecordingChange } from '../../shared/contract/activity-contents';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { MINUTE, type Ms } from '../../shared/model/units';
import type { Prepared } from '../platform/prepared';
import { RECORDING_SETTING } from './activity-ports';

const MOST_SERVERS = 200;
/** What could not be written is tried again after this long. */
const RETRY: Ms = 2_000;

/** The end of a time, by how long Holdfast has run and by the time of day. */
interface End {
  readonly lived: Ms;
  readonly at: Ms;
}

interface Kept {
  readonly servers: readonly string[];
  readonly until: End | null;
}

export interface RecordingDeps {
  readonly kept: { get<T>(name: string): T | null; set(name: string, value: unknown): void };
  readonly clock: { now(): Ms; lived(): Ms };
}

/**
 * Whether contents of messages are recorded: of some servers until that is switched off, or of everything for some minutes.
 *
 * The minutes are over when Holdfast has run for so long, or when the time of day says so, whichever comes first. A clock
 * that is set can only end them early, which is undone with a click; sleep and a restart do not prolong them.
 */
export class ContentsRecording {
  private readonly deps: RecordingDeps;
  private servers: ReadonlySet<string>;
  private until: End | null;
  /** Since which change each server, and everything, is switched on without a break. */
  private readonly since = new Map<string, number>();
  private everythingSince = 0;
  private changes = 0;
  /** When what is switched off could not be written, by how long Holdfast has run; null if all of it is. */
  private unwritten: Ms | null = null;

  constructor(deps: RecordingDeps) {
    this.deps = deps;
    const { servers, until } = soundKept(deps.kept.get(RECORDING_SETTING));
    this.servers = new Set(servers);
    const { clock } = deps;
    const most = MAX_RECORDED_MINUTES * MINUTE;
    // A clock that was far ahead as it was written must not make it last.
    this.until = until && {
      lived: Math.min(until.lived, clock.lived() + most),
      at: Math.min(until.at, clock.now() + most),
    };
    if (this.until?.lived === until?.lived && this.until?.at === until?.at) return;
    this.unwritten = clock.lived();
    this.settle();
  }

  state(): Recording {
    return { servers: [...this.servers].sort(), everything_left_ms: this.left() };
  }

  /** How long Holdfast has run, by which contents age. */
  lived(): Ms {
    return this.deps.clock.lived();
  }

  /** Whether anything may be recorded. */
  get isOn(): boolean {
    if (this.unwritten !== null && this.deps.clock.lived() - this.unwritten >= RETRY) this.settle();
    return this.servers.size > 0 || this.left() !== null;
  }

  /** A point between two changes, to be handed to {@link wants}. */
  get now(): number {
    return this.changes;
  }

  /**
   * @param server - null for what Holdfast answers itself
   * @param from - whether it has been recorded without a break since then; from now on when left out
   */
  wants(server: string | null, from = this.changes): boolean {
    if (this.left() !== null && this.everythingSince <= from) return true;
    return server !== null && this.servers.has(server) && (this.since.get(server) ?? 0) <= from;
  }

  /**
   * What is switched off is off at once, also when that cannot be written: that is tried again while messages come, and by
   * {@link settle}. What is switched on is on once it is on the disk.
   * @throws HoldfastError `storage_unavailable`; `invalid_input` for too many servers
   */
  change({ minutes, servers = {} }: RecordingChange): Recording {
    const { clock } = this.deps;
    const off = Object.keys(servers).filter((name) => servers[name] === false);
    if (minutes === 0) this.until = null;
    this.servers = new Set([...this.servers].filter((name) => !off.includes(name)));
    const on = Object.keys(servers).filter((name) => servers[name] === true);
    const next = new Set([...this.servers, ...on]);
    if (next.size > MOST_SERVERS) {
      this.write(this.servers, this.until);
      throw new HoldfastError('invalid_input', said('said.recording.most', { most: MOST_SERVERS }));
    }
    const length = (minutes ?? 0) * MINUTE;
    const until = length > 0 ? { lived: clock.lived() + length, at: clock.now() + length } : this.until;
    const wasEverything = this.left() !== null;
    this.write(next, until);
    this.changes += 1;
    for (const name of next) if (!this.servers.has(name)) this.since.set(name, this.changes);
    for (const name of this.since.keys()) if (!next.has(name)) this.since.delete(name);
    if (!wasEverything) this.everythingSince = this.changes;
    this.servers = next;
    this.until = until;
    return this.state();
  }

  /**
   * Lets it be on for the new name of a server as well where it is for the old one, until that is gone. Call it before anybody can
   * see the new name. Does not throw: where it cannot be written, it is off.
   */
  rename(from: string, to: string): Prepared {
    const wasOn = this.servers.has(to);
    const turn = (servers: RecordingChange['servers']) => {
      try {
        this.change({ servers });
      } catch {
        // Off at once in any case, and nothing is recorded that nobody asked for.
      }
    };
    if (!this.servers.has(from)) return { done: () => {}, undo: () => {} };
    turn({ [to]: true });
    return { done: () => turn({ [from]: false }), undo: () => turn({ [to]: wasOn }) };
  }

  /** Switches it off for servers that are not there any more: another one may get the name of one that is gone. */
  keepOnly(servers: readonly string[]): void {
    const left = new Set([...this.servers].filter((name) => servers.includes(name)));
    if (left.size === this.servers.size) return;
    this.servers = left;
    this.unwritten = this.deps.clock.lived();
    this.settle();
  }

  /** Writes what could not be written, if that is possible now. Call it before the end. */
  settle(): void {
    if (this.unwritten === null) return;
    try {
      this.write(this.servers, this.until);
    } catch {
      // It is noted, and tried again.
    }
  }

  private write(servers: ReadonlySet<string>, until: End | null): void {
    this.unwritten = this.deps.clock.lived();
    this.deps.kept.set(RECORDING_SETTING, { servers: [...servers], until } satisfies Kept);
    this.unwritten = null;
  }

  /** How long everything is still recorded; null if it is not. */
  private left(): Ms | null {
    if (this.until === null) return null;
    const { clock } = this.deps;
    const left = Math.min(this.until.lived - clock.lived(), this.until.at - clock.now(), MAX_RECORDED_MINUTES * MINUTE);
    if (left > 0) return left;
    this.until = null;
    return null;
  }
}

/** Another version may have written something else. */
function soundKept(kept: Partial<Kept> | null): Kept {
  const servers = Array.isArray(kept?.servers) ? kept.servers.filter((name) => typeof name === 'string') : [];
  const { lived, at } = kept?.until ?? {};
  const until = typeof lived === 'number' && typeof at === 'number' ? { lived, at } : null;
  return { servers: servers.slice(0, MOST_SERVERS), until };
}
