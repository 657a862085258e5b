import { MINUTE, type Ms } from '../../../shared/model/units';

/** A longer time between two observations counts as not observed: the machine was asleep. */
const LONGEST_SPAN: Ms = 2 * MINUTE;

/** Measurements of the attached sessions within one minute. */
export interface LiveSample {
  /** Time that sessions were attached, summed over the sessions. */
  live_ms: Ms;
  /** Most sessions attached at the same time. */
  live_peak: number;
  observed_ms: Ms;
}
/** Samples, keyed by the start of their minute. */
export type LiveSamples = ReadonlyMap<Ms, LiveSample>;

/**
 * Integrates the number of attached sessions over observed time. Holds what was measured since the last {@link take};
 * whoever takes the samples stores them or gives them back.
 */
export class LiveMeter {
  private attached: number;
  private lookedAt: Ms | null = null;
  private samples = new Map<Ms, LiveSample>();

  /** @param attached - sessions attached now, not counting probes */
  constructor(attached: number) {
    this.attached = attached;
  }

  /** Accounts for the time since the last observation. A time before that one adds nothing. */
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

  /** Changes the number of attached sessions by `difference`, as of the last observation. */
  change(difference: number): void {
    this.attached += difference;
  }

  /** Observed time not yet taken. */
  get waiting(): Ms {
    let sum = 0;
    for (const sample of this.samples.values()) sum += sample.observed_ms;
    return sum;
  }

  /** Samples not yet taken. */
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
