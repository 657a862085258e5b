import type { HistoryBucket } from '../../../shared/contract/history';
import { t } from '../../../shared/messages/language';
import type { Ms } from '../../../shared/model/units';
import { type BucketGap, bucketGap, GAP_WORDS } from '../../charts/bucket-gap';
import { spanWords } from '../../charts/time-axis';
import { formatDecimal, formatLatency, formatNumber, formatShare } from '../../format/number';
import { CAUSE_WORDS } from '../../format/words';
import { cx } from '../../ui/cx';
import { ScrollRegion } from '../../ui/scroll-region';
import { Table, Td, Th, Tr } from '../../ui/table';

export interface HistoryTableProps {
  /** The time that the table shows. */
  when: string;
  buckets: readonly HistoryBucket[];
  bucket: Ms;
  picked: Ms | null;
  onPick(bucket: HistoryBucket): void;
}

type Row = { readonly bucket: HistoryBucket } | { readonly from: Ms; readonly to: Ms; readonly why: BucketGap };

const CAUSES = ['resumed', 'restored', 'reinitialized', 'token', 'taken_over'] as const;
const orDash = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value));

const COLUMNS: readonly (readonly [name: string, value: (bucket: HistoryBucket) => string])[] = [
  ...CAUSES.map((cause) => [CAUSE_WORDS[cause], (b: HistoryBucket) => formatNumber(b.reconnects[cause])] as const),
  [t('history.column.refused'), (b) => formatNumber(b.rejected)],
  [t('history.column.disconnects'), (b) => formatNumber(b.disconnected)],
  [t('history.column.server_stops'), (b) => formatNumber(b.server_stops)],
  [t('history.column.created'), (b) => formatNumber(b.created)],
  [t('history.column.live'), (b) => orDash(b.live_average, formatDecimal)],
  [t('history.column.most'), (b) => orDash(b.live_peak, formatNumber)],
  [t('history.column.availability'), (b) => orDash(b.availability, formatShare)],
  [t('history.column.calls'), (b) => formatNumber(b.calls)],
  [t('history.column.failed'), (b) => formatNumber(b.errors)],
  [t('history.column.p50'), (b) => orDash(b.latency_p50, formatLatency)],
  [t('history.column.p95'), (b) => orDash(b.latency_p95, formatLatency)],
];

/** The charts in numbers, newest first. A stretch of which nothing is known is one row. */
export function HistoryTable({ when, buckets, bucket, picked, onPick }: HistoryTableProps) {
  return (
    <ScrollRegion
      label={t('history.table.label', { when })}
      className="max-h-[32rem] min-[1100px]:max-h-[calc(100vh-15rem)]"
    >
      <Table>
        <caption className="sr-only">{t('history.table.caption', { when })}</caption>
        <thead className="sticky top-0 z-10 bg-surface shadow-[0_1px_0_var(--line)]">
          <tr>
            <Th>{t('history.column.time')}</Th>
            {COLUMNS.map(([name]) => (
              <Th key={name} className="text-end">
                {name}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(buckets, bucket).map((row) =>
            'bucket' in row ? (
              <Tr key={row.bucket.at} className={cx('hover:bg-hover', row.bucket.at === picked && 'bg-selected')}>
                <th scope="row" className="h-9 whitespace-nowrap px-3 py-0 text-start align-middle font-normal">
                  <button
                    type="button"
                    aria-pressed={row.bucket.at === picked}
                    onClick={() => onPick(row.bucket)}
                    className="block h-7 rounded text-accent hover:underline"
                  >
                    {spanWords(row.bucket.at, row.bucket.at + bucket)}
                  </button>
                </th>
                {COLUMNS.map(([name, value]) => (
                  <NumberCell key={name} text={value(row.bucket)} />
                ))}
              </Tr>
            ) : (
              <Tr key={row.from} className="bg-sunken">
                <th scope="row" colSpan={COLUMNS.length + 1} className="h-9 px-3 text-start font-normal text-ink-2">
                  {spanWords(row.from, row.to)} · {GAP_WORDS[row.why]}
                </th>
              </Tr>
            ),
          )}
        </tbody>
      </Table>
    </ScrollRegion>
  );
}

/** Zeros and dashes are dimmed, so that the other numbers stand out. */
const NumberCell = ({ text }: { text: string }) => (
  <Td numeric className={cx('whitespace-nowrap', (text === '0' || text === '–') && 'text-ink-3')}>
    {text}
  </Td>
);

/** Newest first; neighbouring buckets when Holdfast was not running, or the machine slept, become one row. */
export function rowsOf(buckets: readonly HistoryBucket[], size: Ms): Row[] {
  const rows: Row[] = [];
  for (const bucket of buckets.toReversed()) {
    const newer = rows.at(-1);
    const why = bucketGap(bucket, size);
    if (why === null) rows.push({ bucket });
    else if (newer && 'from' in newer && newer.why === why)
      rows[rows.length - 1] = { from: bucket.at, to: newer.to, why };
    else rows.push({ from: bucket.at, to: bucket.at + size, why });
  }
  return rows;
}
