import type { ClientProcess } from '../../../shared/contract/client-process';

const MAX_KEPT = 10_000;

/**
 * Client processes that are known to have ended. One that was never looked for counts as running. A process that ended
 * never runs again: a later one with its id has another start time.
 */
export class GoneProcesses {
  private readonly keys = new Set<string>();

  add(processes: readonly ClientProcess[]): void {
    for (const process of processes) this.keys.add(keyOf(process));
    for (const key of this.keys) {
      if (this.keys.size <= MAX_KEPT) break;
      this.keys.delete(key);
    }
  }

  has(process: ClientProcess): boolean {
    return this.keys.has(keyOf(process));
  }
}

const keyOf = ({ pid, started }: ClientProcess): string => `${pid} ${started}`;
