import { closeSync, fstatSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** A log larger than this is rotated. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * An append-only log that only the user may read. When it is full it is renamed to `<file>.1` and a new one begins, so
 * the two take about ten megabytes at most. If a line cannot be written, for example on a full disk, it is lost without
 * an error; the next line that can be written is preceded by the number of lost lines.
 */
export class LogFile {
  private readonly file: string;
  private handle: number;
  private size: number;
  private lost = 0;

  /** Throws the system's error if the file cannot be opened. */
  constructor(file: string) {
    this.file = file;
    this.handle = openSync(file, 'a', 0o600);
    this.size = fstatSync(this.handle).size;
  }

  /** Appends a line. It must end with its line break. */
  write(line: string): void {
    try {
      if (this.size > MAX_BYTES) this.renew();
      // A failed write may have left half a line behind, so a line break comes first.
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
