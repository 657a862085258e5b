import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_LEVELS, type LogLine, type LogQuery } from '../../shared/contract/diagnostics';
import { type CleanText, cleanJson } from './bundle/clean';

/** So much of each of the two files is read, from its end. */
const MOST_BYTES = 1024 * 1024;
const MOST_MESSAGE = 500;
const MOST_DETAIL = 1_000;

/**
 * The newest lines of the log that match, the oldest of them first. Only the last megabyte of the log, and of the one before, is
 * looked at.
 *
 * @param clean - removes what must not be shown from each text, before it is formatted, cut, or compared with what is looked for
 */
export async function readLogTail(
  folder: string,
  { level, text, limit }: LogQuery,
  clean: CleanText,
): Promise<{ lines: LogLine[]; has_more: boolean }> {
  const file = join(folder, 'holdfast.log');
  const written = [...(await lastLines(`${file}.1`)), ...(await lastLines(file))];
  const wanted = text.toLowerCase();
  const found: LogLine[] = [];
  for (const line of written.reverse()) {
    const parsed = parseLine(line, LOG_LEVELS[level], clean);
    if (parsed === null) continue;
    if (!`${parsed.message} ${parsed.detail}`.toLowerCase().includes(wanted)) continue;
    found.push(parsed);
    if (found.length > limit) break;
  }
  return { lines: found.slice(0, limit).reverse(), has_more: found.length > limit };
}

async function lastLines(path: string): Promise<string[]> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MOST_BYTES);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first one is cut off, unless the whole file was read.
    return length < size ? lines.slice(1) : lines;
  } finally {
    await file.close();
  }
}

function parseLine(text: string, least: number, clean: CleanText): LogLine | null {
  try {
    const { level, time, msg, pid: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    if (typeof level !== 'number' || typeof time !== 'number' || level < least) return null;
    const message = clean(typeof msg === 'string' ? msg : '').slice(0, MOST_MESSAGE);
    return { at: Math.max(0, time), level, message, detail: detailOf(rest, clean).slice(0, MOST_DETAIL) };
  } catch {
    return null;
  }
}

/**
 * Of an error its message; where it was thrown is in the file. Each text is cleaned before it is written as JSON, where a secret
 * may look different, and all of it once more, as a name may say that a secret follows.
 */
function detailOf({ err, ...rest }: Record<string, unknown>, clean: CleanText): string {
  const error = typeof err === 'object' && err !== null ? (err as { message?: unknown }).message : undefined;
  const others = Object.entries(cleanJson(rest, clean) as object).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return clean([...(typeof error === 'string' ? [clean(error)] : []), ...others].join(' · '));
}
