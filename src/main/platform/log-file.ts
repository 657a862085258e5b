import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { MIB } from '../../shared/model/units';

/** Of the log and the part before it together. */
const USUAL_LIMIT = 10 * MIB;

/**
 * An append-only log that only the user may read. When it has half of what both may take, it is renamed to
 * `<file>.1` and a new one begins. If a line cannot be written, for example on a full disk, it is lost without
 * an error; the next line that can be written is preceded by the number of lost lines.
 */
export class LogFile {
  private readonly file: string;
  private handle: number;
  private size: number;
  private lost = 0;
  private most = USUAL_LIMIT / 2;

  /** Throws the system's error if the file cannot be opened. */
  constructor(file: string) {
    this.file = file;
    this.handle = openSync(file, 'a', 0o600);
    this.size = fstatSync(this.handle).size;
  }

  /** Appends a line. It must end with its line break. */
  write(line: string): void {
    try {
      if (this.size > this.most) this.renew();
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

  /**
   * Says how many bytes the log and the part before it may take together. What is beyond goes at once, the oldest lines
   * first; what cannot be removed now goes when a new part begins.
   */
  limit(bytes: number): void {
    this.most = bytes / 2;
    try {
      if (this.size > this.most) {
        const kept = this.tail();
        writeFileSync(`${this.file}.1`, kept, { mode: 0o600 });
        ftruncateSync(this.handle);
        this.size = 0;
      } else if ((statSync(`${this.file}.1`, { throwIfNoEntry: false })?.size ?? 0) > this.most) {
        rmSync(`${this.file}.1`);
      }
    } catch {
      // The log is not worth an error; the next part takes the place of this one.
    }
  }

  /** The last whole lines, as many as may be kept beside a new part. */
  private tail(): Buffer {
    const bytes = Buffer.alloc(Math.min(this.size, this.most));
    const reading = openSync(this.file, 'r');
    try {
      const read = readSync(reading, bytes, 0, bytes.length, this.size - bytes.length);
      const found = bytes.subarray(0, read);
      return found.subarray(found.indexOf('\n') + 1);
    } finally {
      closeSync(reading);
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
