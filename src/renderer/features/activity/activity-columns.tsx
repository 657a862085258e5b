import type { ReactNode } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { visible } from '../../../shared/visible-text';
import { formatLatency } from '../../format/number';
import { formatClock, formatDateTime } from '../../format/time';
import { OutcomeMark } from './outcome-mark';
import { SessionCell } from './session-cell';
import { WaterfallAxis, WaterfallCell } from './waterfall';
import type { WaterfallScale } from './waterfall-scale';

interface Column {
  /** Its name in `activity.css`. */
  readonly id: string;
  readonly title: string;
  /** Beside its title. */
  heading?(scale: WaterfallScale | null): ReactNode;
  /** @param scale - of the visible rows */
  cell(row: Activity, scale: WaterfallScale | null): ReactNode;
}

/** `search` for a call of a tool, the method's name for the rest. */
export const whatWords = ({ name, method }: Activity): string => (name === null ? method : name);

/** The columns from left to right. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'time',
    title: t('activity.column.time'),
    cell: ({ at }) => (
      <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)} className="text-ink-2 tabular-nums">
        {formatClock(at)}
      </time>
    ),
  },
  {
    id: 'what',
    title: t('activity.column.what'),
    cell: (row) => (
      <span translate="no" className="truncate" title={row.method}>
        {visible(whatWords(row))} {row.name !== null && <span className="text-ink-3 text-xs">{row.method}</span>}
      </span>
    ),
  },
  { id: 'outcome', title: t('activity.column.outcome'), cell: (row) => <OutcomeMark row={row} /> },
  {
    id: 'duration',
    title: t('activity.column.duration'),
    cell: ({ duration_ms }) => (
      <span className="text-ink-2 tabular-nums">{duration_ms === null ? '' : formatLatency(duration_ms)}</span>
    ),
  },
  {
    id: 'waterfall',
    title: t('activity.column.waterfall'),
    heading: (scale) => <WaterfallAxis scale={scale} />,
    cell: (row, scale) => <WaterfallCell row={row} scale={scale} />,
  },
  {
    id: 'server',
    title: t('activity.column.server'),
    cell: ({ server }) => (
      <span translate="no" className="truncate text-ink-2">
        {server === null ? 'Holdfast' : visible(server)}
      </span>
    ),
  },
  { id: 'session', title: t('activity.column.session'), cell: (row) => <SessionCell row={row} /> },
];
