import { ChevronRight, CircleX } from 'lucide-react';
import { useId, useState } from 'react';
import type { FailureGroup, Failures } from '../../../shared/contract/activity';
import { isoTime, type TableData } from '../../../shared/export/table-file';
import { t } from '../../../shared/messages/language';
import { visible } from '../../../shared/visible-text';
import { cx } from '../../ui/cx';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { RelativeTime } from '../../ui/relative-time';
import { ScrollRegion } from '../../ui/scroll-region';
import { failedHow, failedWhat } from './failure-words';

interface FailureGroupsProps {
  /** Null until they are known. */
  failures: Failures | null;
  /** Asks for more kinds than are shown. */
  all(): Promise<Failures>;
  /** Id of the only group that the table shows; empty for all. */
  chosen: string;
  onChoose(group: string): void;
}

/**
 * The failures in the filter, by kind: one line that is always there, so that nothing moves when the first one comes, and on
 * request the groups below it. A click limits the table to a group, another one shows all again.
 */
export function FailureGroups({ failures, all, chosen, onChoose }: FailureGroupsProps) {
  const [isOpen, setOpen] = useState(false);
  const list = useId();
  const [largest] = failures?.groups ?? [];
  if (!failures || !largest) {
    return (
      <div className="border-line border-t">
        <p className="flex h-9 items-center px-5 text-ink-3 text-sm">{failures && t('activity.failures.none')}</p>
      </div>
    );
  }
  return (
    <section aria-label={t('activity.failures')} className="border-line border-t text-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={list}
        onClick={() => setOpen(!isOpen)}
        className="flex h-9 w-full min-w-0 items-center gap-2 px-5 text-start text-ink outline-offset-[-2px] hover:bg-hover"
      >
        <ChevronRight
          size={14}
          aria-hidden
          className={cx('shrink-0 text-ink-3 transition-transform', isOpen && 'rotate-90')}
        />
        <CircleX size={14} aria-hidden className="shrink-0 text-danger" />
        <span className="shrink-0 font-medium">{countWords(failures)}</span>
        {!isOpen && (
          <span className="min-w-0 truncate text-ink-2">
            {t('activity.failures.times', { count: largest.count })}{' '}
            <span translate="no">
              {failedWhat(largest)}: {failedHow(largest)}
            </span>
          </span>
        )}
      </button>
      {isOpen && (
        <ScrollRegion label={t('activity.failures.list')} className="max-h-44 border-line border-t bg-surface">
          <ol id={list}>
            {failures.groups.map((group) => (
              <GroupLine key={group.group_id} group={group} isChosen={group.group_id === chosen} onChoose={onChoose} />
            ))}
          </ol>
          <div className="flex min-h-9 items-center justify-end gap-3 px-5 py-1">
            {failures.kinds > failures.groups.length && (
              <p className="me-auto text-ink-3">
                {t('activity.failures.more', { count: failures.kinds - failures.groups.length })}
              </p>
            )}
            <ExportMenu
              what="failures"
              formats={tableFormats(async () => failureTable(await all()))}
              iconLabel={t('activity.failures.export')}
            />
          </div>
        </ScrollRegion>
      )}
    </section>
  );
}

/** The groups, in their order. */
const failureTable = ({ groups }: Failures): TableData => ({
  columns: ['count', 'last_at', 'server', 'method', 'name', 'outcome', 'error_code', 'pattern', 'error', 'group_id'],
  rows: groups.map((group) => [
    group.count,
    isoTime(group.last_at),
    group.server,
    group.method,
    group.name,
    group.outcome,
    group.error_code,
    group.pattern,
    group.error,
    group.group_id,
  ]),
});

const countWords = ({ failed, kinds, is_partial }: Failures): string =>
  t(is_partial ? 'activity.failures.count.partial' : 'activity.failures.count', { failed, kinds });

interface GroupLineProps {
  group: FailureGroup;
  isChosen: boolean;
  onChoose(group: string): void;
}

function GroupLine({ group, isChosen, onChoose }: GroupLineProps) {
  return (
    <li className="border-line border-b last:border-b-0">
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={() => onChoose(isChosen ? '' : group.group_id)}
        className={cx(
          'flex h-8 w-full min-w-0 items-center gap-3 px-5 text-start outline-offset-[-2px]',
          isChosen ? 'bg-selected' : 'hover:bg-hover',
        )}
      >
        <span className="w-14 shrink-0 text-end text-ink tabular-nums">
          {t('activity.failures.times', { count: group.count })}
        </span>
        <span translate="no" className="max-w-[45%] shrink-0 truncate text-ink">
          {failedWhat(group)}
        </span>
        <span
          translate="no"
          title={group.error === null ? undefined : visible(group.error)}
          className="min-w-0 flex-1 truncate text-ink-2"
        >
          {failedHow(group)}
        </span>
        <RelativeTime at={group.last_at} coarse className="shrink-0 whitespace-nowrap text-ink-3" />
      </button>
    </li>
  );
}
