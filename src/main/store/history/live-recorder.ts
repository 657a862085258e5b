import { type Ms, SECOND } from '../../../shared/model/units';
import type { Transactions } from '../lifecycle/transactions';
import { LiveMeter, type LiveSamples } from './live-meter';
import type { Rollups } from './rollups';

/** Samples are written in batches. At most this much history is lost when the process is killed. */
const WRITE_PERIOD: Ms = 5 * SECOND;

export interface LiveRecorderDeps {
  /** Sessions attached now, not counting probes. */
  readonly attached: number;
  readonly rollups: Rollups;
  readonly transactions: Transactions;
}

/** Keeps the live meter in step with the transactions, and writes its samples into the rollups. */
export class LiveRecorder {
  private readonly deps: LiveRecorderDeps;
  private readonly meter: LiveMeter;

  constructor(deps: LiveRecorderDeps) {
    this.deps = deps;
    this.meter = new LiveMeter(deps.attached);
  }

  /** Samples the sessions without writing anything. */
  look(now: Ms): void {
    this.meter.observe(now);
  }

  /** Samples the sessions, and writes once enough has accumulated. */
  observe(now: Ms): void {
    this.look(now);
    if (this.meter.waiting >= WRITE_PERIOD) this.flush();
  }

  /** Changes the number of attached sessions, as of the last look. Call it in a transaction: a rollback undoes it. */
  change(difference: number): void {
    if (difference === 0) return;
    this.meter.change(difference);
    this.deps.transactions.onRollback(() => this.meter.change(-difference));
  }

  /** Samples not yet written. */
  pending(): LiveSamples {
    return this.meter.pending();
  }

  /** Writes the pending samples. While the file cannot be written, they wait. */
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
