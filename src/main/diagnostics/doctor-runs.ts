import type { DoctorReport } from '../../shared/contract/diagnostics';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { CheckContext } from '../doctor/check-context';
import { CHECK_COUNT, runChecks } from '../doctor/run';
import type { EndpointFile } from '../platform/endpoint-file';

/** Runs the doctor's checks on this Holdfast, from outside like everybody, and keeps the outcome of the last run. */
export class DoctorRuns {
  private last: DoctorReport = { running: false, started_at: null, total: CHECK_COUNT, checks: [] };
  private run: Promise<void> = Promise.resolve();

  /**
   * Begins a run, unless one is under way.
   * @throws HoldfastError `unreachable` when there is no `endpoint.json`, which the checks begin with
   */
  start(endpoint: EndpointFile | null, now: Ms): DoctorReport {
    if (this.last.running) return this.last;
    if (endpoint === null) {
      throw new HoldfastError('unreachable', said('said.doctor.no_file'));
    }
    this.last = { running: true, started_at: now, total: CHECK_COUNT, checks: [] };
    this.run = runChecks(new CheckContext(endpoint), (outcome) => {
      this.last = { ...this.last, checks: [...this.last.checks, outcome] };
    }).then(
      () => this.end(),
      () => this.end(),
    );
    return this.last;
  }

  report(): DoctorReport {
    return this.last;
  }

  /** Waits until no run is under way. Each check has a limit of its own. */
  async ended(): Promise<DoctorReport> {
    await this.run;
    return this.last;
  }

  private end(): void {
    this.last = { ...this.last, running: false };
  }
}
