import { t } from '../../../../shared/messages/language';
import { DAY, MINUTE, type Ms } from '../../../../shared/model/units';
import { DISCONNECT_WORDS, describeEvent } from '../../../format/event-words';
import { formatClock, formatDateTime, formatDuration, formatShortClock } from '../../../format/time';
import { CAUSE_MEANINGS, CAUSE_WORDS } from '../../../format/words';
import { type Strip, type StripItem, type StripSegment, type StripState, stripTotals } from './strip-model';

export const STRIP_STATE_WORDS: Readonly<Record<StripState, string>> = {
  connected: t('strip.state.connected'),
  idle: t('strip.state.idle'),
  away: t('strip.state.away'),
  asleep: t('strip.state.asleep'),
  over: t('strip.state.over'),
  unknown: t('strip.state.unknown'),
};

/** A moment of a strip: the clock alone while it cannot be that of another day. */
const momentOf = ({ from, to }: Strip): ((at: Ms) => string) => (to - from < DAY ? formatClock : formatDateTime);

/** One item of a strip in words. */
export function stripItemWords(strip: Strip, item: StripItem): string {
  const moment = momentOf(strip);
  if (!('at' in item)) return segmentWords(item, moment);
  const { title, said, detail } = describeEvent(item.event);
  const rest = [
    said ?? '',
    detail,
    item.type === 'server' && item.before !== null ? t('strip.event.before', { pid: item.before }) : '',
  ].filter(Boolean);
  const first = t('strip.event', { time: moment(item.at), title });
  return rest.length === 0 ? first : [`${first}.`, ...rest].join(' ');
}

function segmentWords({ from, to, state, reason, cause }: StripSegment, moment: (at: Ms) => string): string {
  const span = { from: moment(from), to: moment(to) };
  if (state === 'over' || state === 'unknown') return t(`strip.segment.${state}`, span);
  const words = t(`strip.segment.${state}`, { ...span, length: formatDuration(to - from) });
  if (state !== 'away') return words;
  return [
    words,
    reason === null ? '' : DISCONNECT_WORDS[reason],
    cause === null ? '' : t('strip.segment.cause', { cause: CAUSE_WORDS[cause], meaning: CAUSE_MEANINGS[cause] }),
  ]
    .filter(Boolean)
    .join(' ');
}

/** The whole strip in a few sentences. */
export function stripSummary(strip: Strip): string {
  const { connected, idle, away, asleep, gaps, longestGap, serverStops } = stripTotals(strip);
  const parts = [
    connected > 0 && t('strip.summary.connected', { length: formatDuration(connected) }),
    idle > 0 && t('strip.summary.idle', { length: formatDuration(idle) }),
    gaps > 0 &&
      t('strip.summary.away', { count: gaps, length: formatDuration(away), longest: formatDuration(longestGap) }),
    gaps === 0 && connected + idle > 0 && t('strip.summary.never_away'),
    asleep > 0 && t('strip.summary.asleep', { length: formatDuration(asleep) }),
    serverStops > 0 && t('strip.summary.server_stops', { count: serverStops }),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(' ') : t('strip.summary.nothing');
}

/** The time at one end of the strip; with seconds if the strip is short, and with its day if it is long. */
export const edgeWords = (strip: Strip, at: Ms): string => {
  const length = strip.to - strip.from;
  return length >= 3 * MINUTE && length < DAY ? formatShortClock(at) : momentOf(strip)(at);
};
