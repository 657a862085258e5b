import { Pause, Play } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { parseActivityQuery } from '../../../shared/model/activity-query';
import { useActions, useHoldfast, useRoute } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { ErrorNote } from '../../ui/error-note';
import { FilterProblem } from '../../ui/filter-problem';
import { Switch } from '../../ui/switch';
import { useSessionNames } from '../sessions/use-session-names';
import { ActivityDetail } from './activity-detail';
import { ActivityExport } from './activity-export';
import { ACTIVITY_PROBLEM, ActivityFilterBox } from './activity-filter-box';
import { isLimited, readFilter } from './activity-place';
import { ActivityTable } from './activity-table';
import { FailureGroups } from './failure-groups';
import { FilterChips } from './filter-chips';
import { FreshButton } from './fresh-button';
import { LagNote } from './lag-note';
import { RunningNow } from './running-now';
import { useActivity } from './use-activity';
import { useChosenRow } from './use-chosen-row';
import { useFailures } from './use-failures';

/** Everything that was called, as it happens, with the chosen message beside it. Filter and choice are in the URL. */
export function ActivityView() {
  useSessionNames();
  const { id, params } = useRoute();
  const { navigate, setParams } = useActions();
  const filter = useMemo(() => readFilter(params), [params]);
  const [isPaused, setPaused] = useState(false);
  const [isAway, setAway] = useState(false);
  const [moved, setMoved] = useState<number | null>(null);
  // Rows that move under the pointer of somebody who reads further down are a nuisance.
  const isFollowing = !isPaused && !isAway;
  const { rows, top, hasOlder, fresh, lag, error, older, newer, toNewest } = useActivity(filter, isFollowing);
  const [problem] = useMemo(() => parseActivityQuery(filter.text, true).problems, [filter.text]);
  const failures = useFailures(filter);
  const list = useRef<HTMLDivElement>(null);
  const chosen = id === null ? null : Number(id);
  const row = useChosenRow(chosen, rows);

  const focusGrid = () => list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  const open = useCallback((next: number) => navigate('activity', { id: String(next) }), [navigate]);
  const close = () => {
    setMoved(chosen);
    navigate('activity');
    focusGrid();
  };
  const move = (next: number) =>
    chosen === null ? setMoved(next) : navigate('activity', { id: String(next), replace: true });

  return (
    <div className="flex h-full min-w-0">
      <div className="flex min-w-0 flex-1 flex-col" ref={list}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 pt-3 pb-3">
          <ActivityFilterBox value={filter.text} onChange={(q) => setParams({ q })} onDone={focusGrid} />
          <Switch
            label={t('activity.failed')}
            checked={filter.failed}
            onChange={(on) => setParams({ failed: on ? '1' : '' })}
          />
          <Button
            size="sm"
            icon={isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            onClick={() => setPaused(!isPaused)}
          >
            {isPaused ? t('activity.resume') : t('activity.pause')}
          </Button>
          <ActivityExport filter={filter} />
          <FilterChips filter={filter} failures={failures.known} onClear={setParams} />
        </div>
        <RunningNow />
        <FailureGroups
          failures={failures.known}
          all={failures.all}
          chosen={filter.group}
          onChoose={(group) => setParams({ group })}
        />
        {error !== null && <ErrorNote error={error} />}
        <div className="relative min-h-0 flex-1 border-line border-t bg-surface">
          <FilterProblem id={ACTIVITY_PROBLEM} problem={problem && t(problem.id, problem.values)} />
          {fresh > 0 && (
            <FreshButton
              count={fresh}
              onClick={() => {
                setPaused(false);
                toNewest();
                list.current?.querySelector('[role="grid"]')?.scrollTo({ top: 0 });
                focusGrid();
              }}
            />
          )}
          {isFollowing && <LagNote lag={lag} />}
          {rows.length > 0 ? (
            <ActivityTable
              rows={rows}
              top={top}
              cursor={chosen ?? moved}
              onMove={move}
              onOpen={open}
              onEscape={() => (chosen === null ? setMoved(null) : close())}
              onNearEnd={older}
              onNearStart={newer}
              onScrolled={setAway}
            />
          ) : (
            hasOlder !== null && <Nothing isFiltered={isLimited(filter)} />
          )}
        </div>
      </div>
      {row && <ActivityDetail row={row} onClose={close} />}
    </div>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { navigate } = useActions();
  const hasClients = useHoldfast((state) => state.sessions.size > 0);
  if (isFiltered) {
    return (
      <EmptyState
        title={t('activity.none.filtered')}
        action={<Button onClick={() => navigate('activity', { params: {} })}>{t('activity.filter.clear')}</Button>}
      >
        {t('activity.none.filtered.text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t('activity.none')}>
      {hasClients ? t('activity.none.text') : t('activity.none.no_client')}
    </EmptyState>
  );
}
