import type { HoldfastEvent } from '../../../shared/contract/event';
import { describeEvent } from '../../format/event-words';
import { formatDay } from '../../format/time';

/** One row of the list: the newest of several equal events, and how many there are. */
export interface EventFold {
  readonly event: HoldfastEvent;
  readonly count: number;
  /** The oldest of them; `event` itself if it stands alone. */
  readonly oldest: HoldfastEvent;
}

/** A server that cannot start says so again and again, with events of others in between. */
const isRefrain = ({ kind }: HoldfastEvent): boolean => kind === 'server_unavailable';

const keyOf = (event: HoldfastEvent): string =>
  JSON.stringify([event.kind, event.session_id, describeEvent(event).title, formatDay(event.at)]);

/**
 * Folds what repeats within a day: neighbours that say the same of the same session, and the failed starts of one server
 * wherever they stand.
 *
 * @param events - newest first
 */
export function foldEvents(events: readonly HoldfastEvent[]): readonly EventFold[] {
  const folds: { event: HoldfastEvent; count: number; oldest: HoldfastEvent }[] = [];
  const refrains = new Map<string, (typeof folds)[number]>();
  let last = '';
  for (const event of events) {
    const key = keyOf(event);
    const before = refrains.get(key) ?? (key === last ? folds.at(-1) : undefined);
    if (before) {
      before.count += 1;
      before.oldest = event;
    } else {
      const fold = { event, count: 1, oldest: event };
      folds.push(fold);
      if (isRefrain(event)) refrains.set(key, fold);
    }
    last = key;
  }
  return folds;
}
