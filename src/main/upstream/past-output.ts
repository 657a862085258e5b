import type { Ms } from '../../shared/model/units';

/** A line of standard error output. */
export interface OutputLine {
  /** When the keeper read it; null if an older keeper did not note that. */
  readonly at: Ms | null;
  readonly text: string;
}

/** A line with the process that wrote it. */
export interface WrittenLine {
  readonly at: Ms;
  readonly text: string;
  /** Null if it is not known any more. */
  readonly pid: number | null;
}

/** Processes of one server that have failed; the keeper tells 20 lines of each. */
const MOST_PROCESSES = 10;
const LAST_WORDS = 20;
/** Characters of a line. */
const LONGEST = 1_000;
/** Lines of one moment. */
const MOST_SHOWN = 100;

/** Puts a time to every line; without times, lines have none. */
export const timed = (lines: readonly string[], times: readonly Ms[] = []): OutputLine[] =>
  lines.map((text, index) => ({ at: times[index] ?? null, text }));

/** What one process wrote. */
interface Output {
  readonly lines: readonly OutputLine[];
  readonly pid: number | null;
}

/** The last words of a server's processes that failed: what a crash looked like outlives the process that replaced it. */
export class PastOutput {
  private kept: Output[] = [];

  get all(): readonly Output[] {
    return this.kept;
  }

  /** Keeps what a process wrote; of the ten last ones. */
  add(lines: readonly OutputLine[], pid: number | null): void {
    if (lines.length === 0) return;
    const short = lines.slice(-LAST_WORDS).map(({ at, text }) => ({ at, text: text.slice(0, LONGEST) }));
    this.kept = [...this.kept, { lines: short, pid }].slice(-MOST_PROCESSES);
  }
}

/** The lines of a stretch of time whose time is known, oldest first: the newest hundred at most. */
export const linesWithin = (outputs: readonly Output[], from: Ms, to: Ms): WrittenLine[] =>
  outputs
    .flatMap(({ lines, pid }) =>
      lines.flatMap(({ at, text }) =>
        at === null || at < from || at >= to ? [] : [{ at, text: text.slice(0, LONGEST), pid }],
      ),
    )
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_SHOWN);
