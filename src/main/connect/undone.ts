import { existsSync } from 'node:fs';
import type { ConnectionRecord } from './connection-record';
import { isRecord } from './is-record';
import { type FoundEntry, ownEntriesIn, requireOnly, safely, sectionIn, withEntry } from './read-entry';
import { readSnapshot } from './settings-file';

/**
 * The text of a file without Holdfast, and with the entries that were taken out and are not there again.
 * @throws HoldfastError `settings_left_alone` when that cannot be done safely
 */
export function undone(found: FoundEntry, record: ConnectionRecord | null): string {
  const { snapshot, format, value, path, entry } = found;
  const kept = record?.taken.length && record.backup !== null && existsSync(record.backup) ? record.backup : null;
  const backup = kept === null ? null : readSnapshot(kept);
  const values =
    backup === null
      ? {}
      : sectionIn(
          safely(backup, () => format.parse(backup.text)),
          path,
        );
  const present = ownEntriesIn(found);
  let text = entry === undefined ? snapshot.text : safely(snapshot, () => format.remove(snapshot.text, path));
  let expected = entry === undefined ? value : withEntry(value, path, undefined);
  for (const name of record?.taken ?? []) {
    const one = values[name];
    if (Object.hasOwn(present, name) || !isRecord(one)) continue;
    const place = [...path.slice(0, -1), name];
    text = safely(snapshot, () => format.set(text, place, { entry: one, removed: [], isNew: true }));
    expected = withEntry(expected, place, one);
  }
  requireOnly(snapshot, format, text, expected);
  return text;
}
