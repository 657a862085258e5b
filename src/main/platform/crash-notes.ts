import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskSecrets } from '../../shared/model/mask-secrets';

/** An error that ended Holdfast or its window. */
export interface CrashNote {
  readonly at: number;
  readonly kind: 'holdfast' | 'window';
  readonly what: string;
}

const MOST_NOTES = 20;
/** In characters; the log has more. */
const MOST_TEXT = 2_000;

const pathOf = (folder: string) => join(folder, 'crashes.json');

/**
 * Notes a crash in the data folder, where it stays: nothing is ever sent. The last twenty are kept. Never throws, as it is called
 * while the process ends.
 * @param mask - hides the secrets that are known; those that look like one are hidden in any case
 */
export function noteCrash(folder: string, { at, kind, what }: CrashNote, mask = (text: string) => text): void {
  try {
    const note = { at, kind, what: maskSecrets(masked(what, mask)).slice(0, MOST_TEXT) };
    const temporary = `${pathOf(folder)}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify([note, ...readCrashNotes(folder)].slice(0, MOST_NOTES)), { mode: 0o600 });
    renameSync(temporary, pathOf(folder));
  } catch {
    // The log has it, too.
  }
}

/** What cannot be masked any more is not noted: Holdfast is in no good state. */
function masked(what: string, mask: (text: string) => string): string {
  try {
    return mask(what);
  } catch {
    return 'An error whose text could not be looked through for secrets. The log has more.';
  }
}

/** The crashes that were noted, the newest first; none if the file is missing or damaged. */
export function readCrashNotes(folder: string): readonly CrashNote[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(pathOf(folder), 'utf8'));
    return Array.isArray(kept) ? kept.filter(isNote).slice(0, MOST_NOTES) : [];
  } catch {
    return [];
  }
}

function isNote(value: unknown): value is CrashNote {
  if (typeof value !== 'object' || value === null) return false;
  const { at, kind, what } = value as Record<string, unknown>;
  return (
    Number.isFinite(at) && Number(at) >= 0 && (kind === 'holdfast' || kind === 'window') && typeof what === 'string'
  );
}
