import { useCallback, useMemo, useRef } from 'react';
import type { History, HistoryBucket } from '../../../shared/contract/history';
import type { TableData } from '../../../shared/export/table-file';
import { t } from '../../../shared/messages/language';
import type { Ms } from '../../../shared/model/units';
import { bucketTable } from '../../charts/bucket-table';
import { SharedChartCursor } from '../../charts/chart-cursor';
import type { Span } from '../../charts/chart-spec';
import { LatencyChart } from '../../charts/latency-chart';
import { LiveSessionsChart } from '../../charts/live-sessions-chart';
import { RANGE_WORDS } from '../../charts/range-words';
import { ReconnectsChart } from '../../charts/reconnects-chart';
import { spanWords } from '../../charts/time-axis';
import { formatDuration } from '../../format/time';
import { useActions, useHoldfast, useRoute } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { ScrollRegion } from '../../ui/scroll-region';
import { Segmented } from '../../ui/segmented';
import { BucketEvents } from './bucket-events';
import { fitZoom, type HistoryPlace, placeParams, RANGES, readPlace } from './history-place';
import { HistoryTable } from './history-table';
import { TotalsLine } from './totals-line';
import { ZoomButtons } from './zoom-buttons';

const SHOWS = [
  { value: 'charts', label: t('history.charts') },
  { value: 'table', label: t('history.table') },
] as const;

/** What happened over the last hour, day, week or month: charts or a table, and the events behind them. */
export function HistoryView() {
  const { loadHistory, setParams } = useActions();
  const { params } = useRoute();
  const place = useMemo(() => readPlace(params), [params]);
  const { range, table } = place;
  const history = useHoldfast((state) => state.history[range] ?? null);
  const error = useRefresh(useCallback(() => loadHistory(range), [loadHistory, range]));
  const zoom = useMemo(() => (history ? fitZoom(history, place.zoom) : null), [history, place.zoom]);
  const go = (change: Partial<HistoryPlace>) => setParams(placeParams({ ...place, ...change }));

  return (
    <ScrollRegion label={t('history.label')} className="h-full">
      <div className="mx-auto flex max-w-[90rem] flex-col gap-4 px-5 py-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Segmented
            label={t('history.range')}
            value={range}
            options={RANGES.map((value) => ({ value, label: t(`history.range.${value}`) }))}
            onChange={(next) => go({ range: next, zoom: null, picked: null })}
          />
          <ZoomButtons history={history} zoom={zoom} onZoom={(next) => go({ zoom: next })} />
          <div className="ms-auto flex items-center gap-3">
            <ExportMenu
              what={`history-${range}`}
              formats={tableFormats(() => tableInView(history, zoom, table))}
              disabled={history === null}
            />
            <Segmented
              label={t('history.show_as')}
              value={table ? 'table' : 'charts'}
              options={SHOWS}
              onChange={(show) => go({ table: show === 'table' })}
            />
          </div>
        </div>
        {error !== null && <ErrorNote error={error} />}
        <HistoryBody history={history} zoom={zoom} place={place} go={go} />
      </div>
    </ScrollRegion>
  );
}

/** What is in view, in the order of what shows it: the table begins with the newest. */
function tableInView(history: History | null, zoom: Span | null, isTable: boolean): TableData {
  const seen = (history?.buckets ?? []).filter(({ at }) => !zoom || (at >= zoom.from && at < zoom.to));
  return bucketTable(isTable ? seen.toReversed() : seen, history?.bucket_ms ?? 0);
}

const BarSize = ({ ms }: { ms: Ms }) => (
  <span className="text-ink-3 text-sm">{t('history.per_bar', { length: formatDuration(ms) })}</span>
);

interface BodyProps {
  history: History | null;
  zoom: Span | null;
  place: HistoryPlace;
  go(change: Partial<HistoryPlace>): void;
}

function HistoryBody({ history, zoom, place, go }: BodyProps) {
  const { range, table } = place;
  const view = zoom ?? (history ? { from: history.from, to: history.to } : null);
  const bucket = history?.bucket_ms ?? 0;
  const buckets = useMemo(
    () => (history?.buckets ?? []).filter(({ at }) => !zoom || (at >= zoom.from && at < zoom.to)),
    [history, zoom],
  );
  const picked = buckets.some(({ at }) => at === place.picked) ? place.picked : null;
  const when = zoom ? spanWords(zoom.from, zoom.to) : RANGE_WORDS[range];
  const events = useRef<HTMLDivElement>(null);
  const pick = ({ at }: HistoryBucket) => {
    go({ picked: at });
    // In a narrow window the list is below: scroll to it, or the user would have to guess that it has changed.
    events.current?.scrollIntoView({ block: 'nearest' });
  };
  const charts = { history, view: zoom, picked, onPick: pick, onZoom: (next: Span) => go({ zoom: next }) };

  return (
    <div className="grid items-start gap-4 min-[1100px]:grid-cols-[minmax(0,1fr)_21rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <TotalsLine buckets={buckets} bucket={bucket} />
        {table ? (
          <Card title={when} bodyClassName="">
            <HistoryTable when={when} buckets={buckets} bucket={bucket} picked={picked} onPick={pick} />
          </Card>
        ) : (
          <SharedChartCursor>
            <Card title={t('history.reconnects')} aside={history && <BarSize ms={bucket} />}>
              <ReconnectsChart {...charts} height={190} />
            </Card>
            <Card title={t('history.live')}>
              <LiveSessionsChart {...charts} height={150} />
            </Card>
            <Card title={t('history.latency')}>
              <LatencyChart {...charts} height={150} />
            </Card>
          </SharedChartCursor>
        )}
      </div>
      {view && (
        <div ref={events} className="min-w-0 min-[1100px]:sticky min-[1100px]:top-0">
          <BucketEvents
            span={picked === null ? view : { from: picked, to: picked + bucket }}
            when={picked === null ? when : spanWords(picked, picked + bucket)}
            onClear={picked === null ? undefined : () => go({ picked: null })}
          />
        </div>
      )}
    </div>
  );
}
