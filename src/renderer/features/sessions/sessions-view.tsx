import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { selectSynced } from '../../store/selectors';
import { useActions, useHoldfast, useHoldfastStore, useRoute } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { EmptyState } from '../../ui/empty-state';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { FilterProblem } from '../../ui/filter-problem';
import { Switch } from '../../ui/switch';
import { ChosenBar } from './chosen-bar';
import { SessionDetail } from './detail/session-detail';
import { orderText, parseOrder } from './order';
import { toggleStatus } from './query';
import { QUERY_PROBLEM, QueryBox } from './query-box';
import { sessionTable } from './session-export';
import { rowsOf } from './session-groups';
import { SessionTable } from './session-table';
import { asked as ask, stillMatching } from './shown-sessions';
import { StatusChips } from './status-chips';
import { useSessionNames } from './use-session-names';
import { useShownSessions } from './use-shown-sessions';
import { useTicks } from './use-ticks';

/** A searchable list of all sessions, with the open one beside it. Filter, order, grouping and the open one are in the URL. */
export function SessionsView() {
  useSessionNames();
  const store = useHoldfastStore();
  const { id, params } = useRoute();
  const { navigate, setParams, loadClients } = useActions();
  const text = params.q ?? '';
  const probes = params.probes === '1';
  const isGrouped = params.group === 'client';
  const order = useMemo(() => parseOrder(params.sort), [params.sort]);
  const asked = useMemo(() => ask(text, probes, order), [text, probes, order]);
  const [isAway, setAway] = useState(false);
  const shown = useShownSessions(asked, isAway);
  const synced = useHoldfast(selectSynced);
  const names = useHoldfast((state) => state.sessionNames);
  const [moved, setMoved] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const cursor = id ?? moved;
  const rows = useMemo(() => rowsOf(shown.sessions, isGrouped), [shown.sessions, isGrouped]);
  const sessions = useMemo(() => rows.flatMap((row) => ('session' in row ? [row.session] : [])), [rows]);
  const ticks = useTicks(sessions, shown.unmatched, cursor);
  const hasChosen = ticks.chosen.length > 0;
  const hasClients = useHoldfast((state) => state.clients !== null);
  useEffect(() => {
    // Only the names of keys depend on it; without them ids are shown.
    if (isGrouped && !hasClients) loadClients().catch(() => undefined);
  }, [isGrouped, hasClients, loadClients]);

  const grid = () => list.current?.querySelector<HTMLElement>('[role="grid"]');
  const open = useCallback((sessionId: string) => navigate('sessions', { id: sessionId }), [navigate]);
  const close = useCallback(() => {
    setMoved(id);
    navigate('sessions');
    list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  }, [id, navigate]);
  // With the pane open, moving on shows the next session in it; Back still leads to where the pane was opened.
  const move = (sessionId: string) =>
    id === null ? setMoved(sessionId) : navigate('sessions', { id: sessionId, replace: true });

  return (
    <div className="flex h-full min-w-0">
      <div className="flex min-w-0 flex-1 flex-col" ref={list}>
        <div className="px-4 pt-3 pb-3 min-[1000px]:px-5">
          <div className="session-tools flex flex-col gap-2.5">
            <div className="flex flex-wrap items-start gap-2 min-[1000px]:gap-x-4">
              <QueryBox value={text} onChange={(q) => setParams({ q })} onDone={() => grid()?.focus()} />
              <div className="flex min-h-8 flex-wrap items-center gap-2 min-[1000px]:gap-4">
                <Switch
                  label={t('sessions.group')}
                  checked={isGrouped}
                  onChange={(on) => setParams({ group: on ? 'client' : '' })}
                />
                <Switch
                  label={t('sessions.probes')}
                  checked={probes}
                  onChange={(on) => setParams({ probes: on ? '1' : '' })}
                />
                <ExportMenu what="sessions" formats={tableFormats(() => sessionTable(sessions, names))} />
              </div>
            </div>
            {/* What can be done with the chosen ones lies over the chips, so that the list stays where it is. */}
            <div className="relative">
              <div className={cx(hasChosen && 'invisible')}>
                <StatusChips
                  counts={shown.counts}
                  chosen={asked.query.statuses}
                  onToggle={(status) => setParams({ q: toggleStatus(text, status) })}
                />
              </div>
              {hasChosen && (
                <div className="absolute inset-x-0 top-0">
                  <ChosenBar
                    sessions={ticks.chosen}
                    current={(ids) => stillMatching(ids, asked, store.getState())}
                    onChoose={(ids) => {
                      ticks.only(ids);
                      grid()?.focus({ preventScroll: true });
                    }}
                  />
                </div>
              )}
            </div>
          </div>
        </div>
        <div className="relative min-h-0 flex-1 border-line border-t bg-surface">
          <FilterProblem id={QUERY_PROBLEM} problem={asked.query.problems[0]} />
          {shown.sessions.length > 0 ? (
            <SessionTable
              rows={rows}
              ticks={ticks}
              order={order}
              onOrder={(next) => setParams({ sort: orderText(next) })}
              cursor={cursor}
              onMove={move}
              onOpen={open}
              onEscape={() => (id === null ? setMoved(null) : close())}
              onScrolled={setAway}
            />
          ) : (
            synced && <NothingListed filtered={text !== ''} onClear={() => setParams({ q: '' })} />
          )}
          {shown.waiting > 0 && (
            <Button
              size="sm"
              variant="primary"
              className="-translate-x-1/2 absolute top-11 left-1/2 z-20 rounded-full shadow-overlay"
              onClick={() => grid()?.scrollTo({ top: 0 })}
            >
              {t('sessions.waiting', { count: shown.waiting })}
            </Button>
          )}
        </div>
      </div>
      {id !== null && <SessionDetail key={id} sessionId={id} onClose={close} />}
    </div>
  );
}

function NothingListed({ filtered, onClear }: { filtered: boolean; onClear(): void }) {
  const { navigate } = useActions();
  return filtered ? (
    <EmptyState
      title={t('sessions.none.filtered')}
      action={<Button onClick={onClear}>{t('sessions.filter.clear')}</Button>}
    >
      {t('sessions.none.filtered.text')}
    </EmptyState>
  ) : (
    <EmptyState
      title={t('sessions.none')}
      action={
        <Button variant="primary" onClick={() => navigate('connect')}>
          {t('sessions.none.action')}
        </Button>
      }
    >
      {t('sessions.none.text')}
    </EmptyState>
  );
}
