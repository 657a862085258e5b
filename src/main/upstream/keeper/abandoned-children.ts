import type { ChildMarks } from './child-mark';
import { endChild, endMarked } from './end-child.js';
import type { KeptChild } from './keeper-ports';
import { findMarked } from './marked.js';
import { isDead, startedAt } from './process-group.js';

/** Processes of servers that no keeper has any more, and that are to end. */
export class AbandonedChildren {
  private readonly marks: ChildMarks;
  /** Process groups of a lost keeper that are being ended. */
  private readonly ending = new Set<Promise<void>>();

  constructor(marks: ChildMarks) {
    this.marks = marks;
  }

  /** Resolves when all have ended that are being ended. */
  async ended(): Promise<void> {
    await Promise.all(this.ending);
  }

  /** Ends what earlier keepers left over. Returns how many there were. */
  async endStrays(isKnown: (childId: string) => boolean): Promise<number> {
    const marks = new Set<string>();
    const isStray = (mark: string): boolean => {
      const child = this.marks.childOf(mark);
      return child !== null && !isKnown(child);
    };
    // A process that is started from now on has a mark of its own.
    for (const { mark } of findMarked(isStray)) marks.add(mark);
    if (marks.size > 0) await endMarked((mark) => marks.has(mark));
    return marks.size;
  }

  /** Ends one. The pid may have been reused since, but not the mark. */
  async end({ child_id, pid, pid_started }: KeptChild): Promise<void> {
    const mark = this.marks.of(child_id);
    const isStill = pid_started !== '' && startedAt(pid) === pid_started;
    // The number of a group without a leader cannot have been reused yet.
    if (isStill || isDead(pid)) await endChild(pid, mark);
    else await endMarked((found) => found === mark);
  }

  endInBackground(kept: KeptChild): void {
    const ending = this.end(kept).finally(() => this.ending.delete(ending));
    this.ending.add(ending);
  }
}
