import { DAY, MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { SessionClock, SystemClock, TokenClock } from '../platform/ports';

/** The wall clock may differ from elapsed time by this much without having been set. */
const DRIFT: Ms = 2 * SECOND;
/** A wall clock that was set is believed once its new time has held for this long. */
const HOLD: Ms = MINUTE;
/** If the machine's uptime passes the monotonic clock by this much, the machine slept. */
const SLEPT: Ms = 5 * SECOND;
/**
 * So often the uptime is read, and whenever the wall clock says something else than was expected. To read it is to read a file,
 * and the time is asked for a dozen times a call.
 */
const UPTIME_PERIOD: Ms = 250;
/** If two readings are further apart than this, the machine slept or the process was stopped: nobody could be heard. */
const UNHEARD: Ms = 15 * SECOND;

/** How long nobody ran, at most, where only the wall clock can tell. */
const MOST_AWAY: Ms = DAY;

/** What a run leaves to the next. */
export interface ClockState {
  /** Latest time told. */
  readonly at: Ms;
  readonly lived: Ms;
  /** Token time minus the time told. */
  readonly tokenOffset: Ms;
  /** The machine's uptime at that time; missing when an older version left this. */
  readonly uptime?: Ms;
}

/** What was noticed about the wall clock. `by` is how far it was moved; negative for backward. */
export interface ClockChange {
  readonly what: 'set' | 'believed' | 'set back';
  readonly by: Ms;
}

interface Doubt {
  readonly by: Ms;
  readonly since: Ms;
}

/**
 * The wall clock as long as it runs with the monotonic one. When it is set, the time told goes on as before until the new
 * time has held for a minute, so that a clock that is wrong for moments leaves no trace. Lived time and token time do not
 * follow it even then. It must be read every few seconds while the machine is awake; the tick does that.
 */
export class SteadyClock implements SessionClock {
  readonly tokens: TokenClock = {
    now: () => {
      this.look();
      return Math.floor(this.tokenTime);
    },
    hasExpired: (token) => this.hasExpired(token),
  };
  private readonly system: SystemClock;
  private readonly onChange: (change: ClockChange) => void;
  private monotonicSeen: Ms;
  /** What the uptime is if the machine has not slept since. */
  private uptimeExpected: Ms;
  private uptimeReadAt: Ms;
  private told: Ms;
  private livedSoFar: Ms = 0;
  private tokenOffset: Ms = 0;
  private tokenTime: Ms;
  private doubt: Doubt | null = null;
  /** The end of the last run as it told the time, and the uptime at which that was. */
  private left: { readonly at: Ms; readonly uptime: Ms } | null = null;
  /** Token time when the wall clock was last set. Tokens issued before are judged by the wall clock too. */
  private setAt: Ms | null = null;

  constructor(system: SystemClock, onChange: (change: ClockChange) => void = () => {}) {
    this.system = system;
    this.onChange = onChange;
    this.monotonicSeen = system.monotonic();
    this.uptimeExpected = system.uptime();
    this.uptimeReadAt = this.monotonicSeen;
    this.told = system.now();
    this.tokenTime = this.told;
  }

  /**
   * Goes on from an earlier run. A wall clock that lies before its last time is believed once that has held.
   * @param newest - a time that the run told after it left that
   */
  resume(state: ClockState, newest: Ms = 0): void {
    this.look();
    // The machine counts on while nobody runs, and no setting of a clock changes that. After its restart it counts anew: then
    // only the wall clock knows how long it was.
    const uptime = this.system.uptime();
    const wasUp = state.uptime !== undefined && state.uptime <= uptime ? uptime - state.uptime : null;
    const away = wasUp ?? Math.min(Math.max(0, this.told - state.at), MOST_AWAY);
    this.left = { at: state.at, uptime: uptime - away };
    this.livedSoFar += state.lived;
    this.tokenOffset = state.tokenOffset;
    this.told = Math.max(this.told, state.at, newest);
    this.tokenTime = this.told + state.tokenOffset;
    this.look();
  }

  state(): ClockState {
    const at = this.now();
    const uptime = Math.floor(this.system.uptime());
    return { at, lived: this.lived(), tokenOffset: Math.floor(this.tokenOffset), uptime };
  }

  now(): Ms {
    this.look();
    return Math.floor(this.told);
  }

  ageOf(at: Ms): Ms {
    if (this.left === null) return Math.max(0, this.now() - at);
    return Math.max(0, Math.floor(this.left.at - at + this.system.uptime() - this.left.uptime));
  }

  monotonic(): Ms {
    return this.system.monotonic();
  }

  /** The wall clock as it is set, believed or not. */
  wall(): Ms {
    return this.system.now();
  }

  lived(): Ms {
    this.look();
    return Math.floor(this.livedSoFar);
  }

  private hasExpired({ issuedAt, expiresAt }: { issuedAt: Ms; expiresAt: Ms }): boolean {
    this.look();
    if (this.tokenTime >= expiresAt) return true;
    if (this.setAt === null || issuedAt > this.setAt || this.system.now() < expiresAt) return false;
    // Said once, it has to stay so when the wall clock goes back. Tokens issued from now on are not affected.
    this.tokenOffset += expiresAt - this.tokenTime;
    this.tokenTime = expiresAt;
    return true;
  }

  private look(): void {
    const monotonic = this.system.monotonic();
    const ran = Math.max(0, monotonic - this.monotonicSeen);
    this.monotonicSeen = monotonic;
    if (ran <= UNHEARD) this.livedSoFar += ran;
    this.told += ran;
    this.uptimeExpected += ran;
    const wall = this.system.now();
    const isOdd = Math.abs(wall - this.told) > DRIFT;
    if (isOdd || monotonic - this.uptimeReadAt >= UPTIME_PERIOD) this.told += this.sleptSince(monotonic);
    this.compare(monotonic, wall);
    this.tokenTime = Math.max(this.tokenTime, this.told + this.tokenOffset);
  }

  /** How long the machine slept since the uptime was last read; 0 if it did not. */
  private sleptSince(monotonic: Ms): Ms {
    const uptime = this.system.uptime();
    const slept = uptime - this.uptimeExpected;
    this.uptimeReadAt = monotonic;
    // Uptime may be coarse. It is compared over short spans only, and what it is behind must not add up.
    if (Math.abs(slept) > SLEPT) this.uptimeExpected = uptime;
    return slept > SLEPT ? slept : 0;
  }

  private compare(monotonic: Ms, wall: Ms): void {
    const by = wall - this.told;
    if (Math.abs(by) <= DRIFT) {
      this.told = wall;
      const doubted = this.doubt;
      this.doubt = null;
      if (doubted) this.onChange({ what: 'set back', by: -doubted.by });
    } else if (this.doubt === null || Math.abs(by - this.doubt.by) > DRIFT) {
      this.doubt = { by, since: monotonic };
      this.setAt = this.told + this.tokenOffset;
      this.onChange({ what: 'set', by });
    } else if (monotonic - this.doubt.since >= HOLD) {
      this.doubt = null;
      this.told = wall;
      this.tokenOffset -= by;
      this.onChange({ what: 'believed', by });
    }
  }
}
