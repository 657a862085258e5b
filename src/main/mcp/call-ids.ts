/** How many ids are reserved on disk at a time. */
const BLOCK = 10_000;
/** Lower ids are for requests whose answer needs no finding. */
const FIRST = 1_000;

/** A number that survives a restart. */
export interface KeptNumber {
  /** Null if there is none. */
  read(): number | null;
  /** On disk when it returns. Throws when that fails. */
  write(value: number): void;
}

/**
 * Ids for all requests to servers. They are never reused, not even after a kill: a late answer finds its own call or
 * none. They are integers because some servers take nothing else, and small because some hold them in 32 bits.
 */
export class CallIds {
  private readonly kept: KeptNumber;
  private readonly onProblem: (error: unknown) => void;
  private last: number;
  /** All ids below are reserved: another run begins here. */
  private limit: number;

  /** @param onProblem - called when ids could not be reserved; they are unique in this run at least */
  constructor(kept: KeptNumber, onProblem: (error: unknown) => void) {
    this.kept = kept;
    this.onProblem = onProblem;
    const found = kept.read();
    this.limit = Number.isSafeInteger(found) ? Math.max(FIRST, Number(found)) : FIRST;
    this.last = this.limit - 1;
  }

  /** An id that was never given before. */
  next(): number {
    this.last += 1;
    if (this.last >= this.limit) this.reserve();
    return this.last;
  }

  private reserve(): void {
    this.limit += BLOCK;
    try {
      this.kept.write(this.limit);
    } catch (error) {
      this.onProblem(error);
    }
  }
}
