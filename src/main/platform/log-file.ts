import { closeSync, fstatSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** What a log of this size does not hold is in the file before. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * A file that lines are added to, for the user's eyes only. When it is full it becomes `<file>.1`, and a new one begins, so the
 * two take ten megabytes at most. A line that cannot be written, on a full disk for example, is lost; whoever wrote it goes on,
 * and how many were lost is told with the next one that can be.
 */
export class LogFile {
  private readonly file: string;
  private handle: number;
  private size: number;
  private lost = 0;

  /** Throws what the system says when the file cannot be opened. */
  constructor(file: string) {
    this.file = file;
    this.handle = openSync(file, 'a', 0o600);
    this.size = fstatSync(this.handle).size;
  }

  /** Adds a line, which has its break. */
  write(line: string): void {
    try {
      if (this.size > MAX_BYTES) this.renew();
      // What was lost may have left half a line behind.
      const before =
        this.lost === 0 ? '' : `\n{"level":40,"time":${Date.now()},"msg":"${this.lost} lines were lost"}\n`;
      const text = before + line;
      writeFileSync(this.handle, text);
      this.size += Buffer.byteLength(text);
      this.lost = 0;
    } catch {
      this.lost += 1;
    }
  }

  private renew(): void {
    renameSync(this.file, `${this.file}.1`);
    const old = this.handle;
    this.handle = openSync(this.file, 'a', 0o600);
    this.size = 0;
    closeSync(old);
  }
}
