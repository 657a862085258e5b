import { MINUTE, type Ms } from '../../../shared/model/units';

/** Without a look for longer than this the time in between counts as not observed: the machine slept. */
const LONGEST_SPAN: Ms = 2 * MINUTE;

/** What was seen of the attached sessions within one minute. */
export interface LiveSample {
  /** Attached sessions x time. */
  live_ms: Ms;
  /** Most sessions that were attached at once. */
  live_peak: number;
  observed_ms: Ms;
}
/** Samples by the start of their minute. */
export type LiveSamples = ReadonlyMap<Ms, LiveSample>;

/**
 * Integrates the number of attached sessions over the time in which somebody looked. Holds what was measured since
 * {@link take}; whoever took it writes it down or gives it back.
 */
export class LiveMeter {
  private attached: number;
  private lookedAt: Ms | null = null;
  private samples = new Map<Ms, LiveSample>();

  /** @param attached - sessions that are attached now, without probes */
  constructor(attached: number) {
    this.attached = attached;
  }

  /** Accounts for the time since the last look. A look that is earlier than the last one adds nothing. */
  observe(now: Ms): void {
    const from = this.lookedAt;
    if (from !== null && now < from && from - now <= LONGEST_SPAN) return;
    this.lookedAt = now;
    if (from === null || now < from || now - from > LONGEST_SPAN) return;
    for (let start = from; start < now; ) {
      const minute = Math.floor(start / MINUTE) * MINUTE;
      const end = Math.min(now, minute + MINUTE);
      this.add(minute, { live_ms: this.attached * (end - start), live_peak: this.attached, observed_ms: end - start });
      start = end;
    }
  }

  /** Sessions were attached (positive) or let go (negative) at the time of the last look. */
  change(difference: number): void {
    this.attached += difference;
  }

  /** Observed time that was not taken yet. */
  get waiting(): Ms {
    let sum = 0;
    for (const sample of this.samples.values()) sum += sample.observed_ms;
    return sum;
  }

  /** What was measured and not taken yet. */
  pending(): LiveSamples {
    return this.samples;
  }

  take(): LiveSamples {
    const { samples } = this;
    this.samples = new Map();
    return samples;
  }

  giveBack(samples: LiveSamples): void {
    for (const [minute, sample] of samples) this.add(minute, sample);
  }

  private add(minute: Ms, sample: LiveSample): void {
    const known = this.samples.get(minute);
    this.samples.set(minute, {
      live_ms: sample.live_ms + (known?.live_ms ?? 0),
      live_peak: Math.max(sample.live_peak, known?.live_peak ?? 0),
      observed_ms: sample.observed_ms + (known?.observed_ms ?? 0),
    });
  }
}
