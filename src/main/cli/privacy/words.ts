import type { Deletion, DeletionCounts, KeptData } from '../../../shared/contract/privacy';
import { amountWords } from '../../../shared/model/setting-words';
import { MIB } from '../../../shared/model/units';

/** What a deletion does not reach. */
export const BACKUPS =
  'Backups keep a copy until three newer ones have replaced them, within three days. To remove it now, delete the files in the folder "backups" of the data folder.';

/** The table of `holdfast privacy`, with its head. */
export const keptRows = ({ areas, total_bytes }: KeptData): string[][] => [
  ['WHAT', 'KEPT FOR', 'AT MOST', 'TODAY'],
  ...areas.map(({ what, kept, bytes, limit_bytes }) => [what, kept, limitWords(limit_bytes), bytesWords(bytes)]),
  ['In total, on disk', '', '', bytesWords(total_bytes)],
];

/** As the setting says it. */
const limitWords = (bytes: number | null): string => (bytes === null ? '' : amountWords('MiB', bytes / MIB));

/** `3 ended sessions, 1 event`; empty if it is nothing. */
export function countWords({ sessions, events, activity, contents, history }: DeletionCounts): string {
  const parts = [
    [sessions, 'ended session', 'ended sessions'],
    [events, 'event', 'events'],
    [activity, 'message that was called', 'messages that were called'],
    [contents, 'message with contents', 'messages with contents'],
    [history, 'row of history', 'rows of history'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
    .join(', ');
}

const NAMES = {
  activity: 'The activity',
  contents: 'Recorded contents',
  history: 'The history',
  ended_sessions: 'Ended sessions',
} as const;

/** What is about to be deleted. */
export function questionOf(deletion: Deletion, counts: DeletionCounts): string {
  const name = deletion.what === 'older' ? `Everything older than ${deletion.days} days` : NAMES[deletion.what];
  const words = countWords(counts);
  return words === '' ? `${name}: nothing to delete.` : `${name}: ${words}. This cannot be undone.`;
}

/** Powers of 1,000, as system monitors count. */
export function bytesWords(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
