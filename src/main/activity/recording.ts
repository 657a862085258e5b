import { MAX_RECORDED_MINUTES, type Recording, type RecordingChange } from '../../shared/contract/activity-contents';
import { HoldfastError } from '../../shared/errors';
import { MINUTE, type Ms } from '../../shared/model/units';

const NAME = 'activity_recording';
const MOST_SERVERS = 200;

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

  constructor(deps: RecordingDeps) {
    this.deps = deps;
    const { servers, until } = soundKept(deps.kept.get(NAME));
    this.servers = new Set(servers);
    this.until = until;
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
    return this.servers.size > 0 || this.left() !== null;
  }

  /** @param server - null for what Holdfast answers itself */
  wants(server: string | null): boolean {
    return (server !== null && this.servers.has(server)) || this.left() !== null;
  }

  /**
   * What is switched off is off at once, also when that cannot be written; what is switched on is on once it is on the disk.
   * @throws HoldfastError `storage_unavailable`; `invalid_input` for too many servers
   */
  change({ minutes, servers = {} }: RecordingChange): Recording {
    const { clock, kept } = this.deps;
    const off = Object.keys(servers).filter((name) => servers[name] === false);
    if (minutes === 0) this.until = null;
    this.servers = new Set([...this.servers].filter((name) => !off.includes(name)));
    const on = Object.keys(servers).filter((name) => servers[name] === true);
    const next = new Set([...this.servers, ...on]);
    if (next.size > MOST_SERVERS) {
      throw new HoldfastError('invalid_input', `Of at most ${MOST_SERVERS} servers contents are recorded at a time.`);
    }
    const length = (minutes ?? 0) * MINUTE;
    const until = length > 0 ? { lived: clock.lived() + length, at: clock.now() + length } : this.until;
    kept.set(NAME, { servers: [...next], until } satisfies Kept);
    this.servers = next;
    this.until = until;
    return this.state();
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
