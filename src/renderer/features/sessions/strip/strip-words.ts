import { MINUTE } from '../../../../shared/model/units';
import { DISCONNECT_WORDS, describeEvent } from '../../../format/event-words';
import { formatCount } from '../../../format/number';
import { formatClock, formatDuration, formatShortClock } from '../../../format/time';
import { CAUSE_MEANINGS, CAUSE_WORDS } from '../../../format/words';
import { type Strip, type StripItem, type StripSegment, type StripState, stripTotals } from './strip-model';

export const STRIP_STATE_WORDS: Readonly<Record<StripState, string>> = {
  connected: 'Connected',
  idle: 'Idle',
  away: 'Away',
  asleep: 'Asleep',
  over: 'Ended',
  unknown: 'No longer on record',
};

/** One item of a strip in words. */
export function stripItemWords(item: StripItem): string {
  if (!('at' in item)) return segmentWords(item);
  const { title, detail } = describeEvent(item.event);
  const before = item.type === 'server' && item.before !== null ? `Before that, process ${item.before}.` : '';
  return [`${formatClock(item.at)}: ${title}${detail ? '.' : ''}`, detail, before].filter(Boolean).join(' ');
}

function segmentWords({ from, to, state, reason, cause }: StripSegment): string {
  const when = `${formatClock(from)} – ${formatClock(to)}`;
  if (state === 'away') {
    return [
      `${when}: away for ${formatDuration(to - from)}.`,
      reason === null ? '' : DISCONNECT_WORDS[reason],
      cause === null ? '' : `${CAUSE_WORDS[cause]}: ${CAUSE_MEANINGS[cause]}`,
    ]
      .filter(Boolean)
      .join(' ');
  }
  if (state === 'asleep') return `${when}: the machine was asleep for ${formatDuration(to - from)}`;
  if (state === 'over' || state === 'unknown') return `${when}: ${lowerFirst(STRIP_STATE_WORDS[state])}`;
  return `${when}: ${state === 'idle' ? 'connected but quiet' : 'connected'} for ${formatDuration(to - from)}`;
}

/** The whole strip in one sentence. */
export function stripSummary(strip: Strip): string {
  const { connected, idle, away, asleep, gaps, longestGap, serverStops } = stripTotals(strip);
  const parts = [
    connected > 0 && `connected ${formatDuration(connected)}`,
    idle > 0 && `idle ${formatDuration(idle)}`,
    gaps > 0 &&
      `away ${formatDuration(away)}${gaps > 1 ? ` in ${gaps} gaps, the longest ${formatDuration(longestGap)}` : ''}`,
    gaps === 0 && connected + idle > 0 && 'never away',
    asleep > 0 && `the machine asleep ${formatDuration(asleep)}`,
    serverStops > 0 && formatCount(serverStops, 'server stop'),
  ].filter((part) => part !== false);
  return parts.length > 0 ? `${upperFirst(parts.join(', '))}.` : 'Nothing is known about this time.';
}

/** The time at one end of the strip; with seconds if the strip is short. */
export const edgeWords = ({ from, to }: Strip, at: number): string =>
  to - from < 3 * MINUTE ? formatClock(at) : formatShortClock(at);

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
