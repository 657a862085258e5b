import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import { isoTime, type TableData } from '../../../../shared/export/table-file';
import { t } from '../../../../shared/messages/language';
import { describeEvent } from '../../../format/event-words';
import { useActions } from '../../../store/use-holdfast';
import { ExportMenu, tableFormats } from '../../../ui/export-menu';

const PAGE = 500;
/** So many events are looked through. */
const MOST = 10_000;

/** Events as a table: what happened in words, and all of it as JSON. */
const eventTable = (events: readonly HoldfastEvent[]): TableData => ({
  columns: ['seq', 'at', 'session_id', 'kind', 'title', 'detail', 'payload'],
  rows: events.map((event) => {
    const { title, said = '', detail } = describeEvent(event);
    const words = [said, detail].filter((text) => text !== '').join(' ');
    return [event.seq, isoTime(event.at), event.session_id, event.kind, title, words, JSON.stringify(event.payload)];
  }),
});

export interface TimelineExportProps {
  sessionId: string;
  /** Only these; null means all. */
  kinds: readonly EventKind[] | null;
  fits(event: HoldfastEvent): boolean;
}

/** Exports the timeline of a session as it is shown, also what is not loaded yet, the newest first. */
export function TimelineExport({ sessionId, kinds, fits }: TimelineExportProps) {
  const { loadTimeline } = useActions();
  const read = async () => {
    const events: HoldfastEvent[] = [];
    let before: number | undefined;
    for (let seen = 0; seen < MOST; seen += PAGE) {
      const page = await loadTimeline({
        session_id: sessionId,
        limit: PAGE,
        ...(kinds && { kinds: [...kinds] }),
        ...(before !== undefined && { before_seq: before }),
      });
      events.push(...page.events.filter(fits));
      before = page.events.at(-1)?.seq;
      if (!page.has_more || before === undefined) break;
    }
    return eventTable(events);
  };
  return <ExportMenu what={`timeline-${sessionId}`} formats={tableFormats(read)} iconLabel={t('export.label')} />;
}
