import { statSync } from 'node:fs';

/** Equal as long as a file is very likely the same; null when there is none, or it cannot be asked. Reads no content. */
export function fileStamp(file: string): string | null {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return null;
  }
}
