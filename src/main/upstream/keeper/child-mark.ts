import { createHash } from 'node:crypto';

/**
 * The mark of a server's processes: it names the data folder and the child, so that a process that was left over is found
 * even when no record of it is.
 */
export class ChildMarks {
  private readonly prefix: string;

  constructor(dataFolder: string) {
    this.prefix = `${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.`;
  }

  of(childId: string): string {
    return this.prefix + childId;
  }

  /** The child that a mark names; null when it is of another data folder. */
  childOf(mark: string): string | null {
    return mark.startsWith(this.prefix) ? mark.slice(this.prefix.length) : null;
  }
}
