import { ChevronRight, Hourglass } from 'lucide-react';
import { useCallback, useId, useState } from 'react';
import type { Calls } from '../../../shared/contract/calls';
import { t } from '../../../shared/messages/language';
import { SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { cx } from '../../ui/cx';
import { ErrorNote } from '../../ui/error-note';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { ScrollRegion } from '../../ui/scroll-region';
import { RunningLine } from './running-line';
import { type RunningRow, runningRows, runningTable, summaryOf } from './running-rows';

/** Progress moves, so it is asked for with every tick of the clock. */
const PACE: Pace = { afterEvents: SECOND, anyway: SECOND, isNews: () => false };

/**
 * What runs now and what became a handle: one line that is always there, so that nothing moves when a call begins, and on
 * request the calls below it. Calls that are over within a moment are not counted; they would only flicker.
 */
export function RunningNow() {
  const { loadCalls, loadClients, cancelCall } = useActions();
  const [calls, setCalls] = useState<Calls | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isOpen, setOpen] = useState(false);
  const list = useId();
  const load = useCallback(async () => setCalls(await loadCalls()), [loadCalls]);
  // The table says what is wrong; here, the last answer stays.
  useRefresh(load, PACE);
  const rows = calls === null ? [] : runningRows(calls);
  const cancel = async ({ callId }: RunningRow) => {
    try {
      await cancelCall(callId);
      setError(null);
    } catch (failure) {
      setError(failure);
    }
    await load().catch(() => {});
  };
  if (calls === null || rows.length === 0) {
    return (
      <div className="border-line border-t">
        <p className="flex h-9 items-center px-5 text-ink-3 text-sm">{calls && t('calls.none')}</p>
      </div>
    );
  }
  return (
    <section aria-label={t('calls.title')} className="border-line border-t text-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={list}
        onClick={() => {
          setOpen(!isOpen);
          loadClients().catch(() => undefined);
        }}
        className="flex h-9 w-full min-w-0 items-center gap-2 px-5 text-start text-ink outline-offset-[-2px] hover:bg-hover"
      >
        <ChevronRight
          size={14}
          aria-hidden
          className={cx('shrink-0 text-ink-3 transition-transform', isOpen && 'rotate-90')}
        />
        <Hourglass size={14} aria-hidden className="shrink-0 text-ink-2" />
        <span className="shrink-0 font-medium">{t('calls.title')}</span>
        <span className="min-w-0 truncate text-ink-2 tabular-nums">{summaryOf(rows)}</span>
      </button>
      {isOpen && (
        <ScrollRegion label={t('calls.list')} className="max-h-56 border-line border-t bg-surface">
          {error !== null && <ErrorNote error={error} className="mx-5 my-2" />}
          <ol id={list}>
            {rows.map((row) => (
              <RunningLine key={row.key} row={row} now={calls.now} onCancel={() => void cancel(row)} />
            ))}
          </ol>
          <div className="flex items-center justify-between gap-3 px-5 py-1">
            <p className="text-ink-3">{t('calls.explained')}</p>
            <ExportMenu
              what="running-calls"
              formats={tableFormats(() => runningTable(rows))}
              iconLabel={t('calls.export')}
            />
          </div>
        </ScrollRegion>
      )}
    </section>
  );
}
