import { type Ms, SECOND } from '../../../shared/model/units';
import type { Transactions } from '../lifecycle/transactions';
import { LiveMeter, type LiveSamples } from './live-meter';
import type { Rollups } from './rollups';

/** Looks are written together: at most this much of history is lost when the process is killed. */
const WRITE_PERIOD: Ms = 5 * SECOND;

export interface LiveRecorderDeps {
  /** Sessions that are attached now, without probes. */
  readonly attached: number;
  readonly rollups: Rollups;
  readonly transactions: Transactions;
}

/** Keeps the live meter in step with the transactions, and writes what it saw into the rollups. */
export class LiveRecorder {
  private readonly deps: LiveRecorderDeps;
  private readonly meter: LiveMeter;

  constructor(deps: LiveRecorderDeps) {
    this.deps = deps;
    this.meter = new LiveMeter(deps.attached);
  }

  /** Looks at the sessions without writing anything. */
  look(now: Ms): void {
    this.meter.observe(now);
  }

  /** Looks at the sessions, and writes when enough has come together. */
  observe(now: Ms): void {
    this.look(now);
    if (this.meter.waiting >= WRITE_PERIOD) this.flush();
  }

  /** Within a transaction: so many sessions more (or fewer, negative) are attached since the last look. */
  change(difference: number): void {
    if (difference === 0) return;
    this.meter.change(difference);
    this.deps.transactions.onRollback(() => this.meter.change(-difference));
  }

  /** What was seen and is not written yet. */
  pending(): LiveSamples {
    return this.meter.pending();
  }

  /** Writes what was seen. While the file cannot be written it waits. */
  flush(): void {
    const { transactions, rollups } = this.deps;
    if (this.meter.waiting === 0) return;
    transactions.attempt(() => {
      const samples = this.meter.take();
      transactions.onRollback(() => this.meter.giveBack(samples));
      rollups.addSamples(samples);
    });
  }
}
