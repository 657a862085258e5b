import { ArrowDownUp } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { useActions, useRoute } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { EmptyState } from '../../../ui/empty-state';
import { ExportMenu, tableFormats } from '../../../ui/export-menu';
import { FilterBox } from '../../../ui/filter-box';
import { ServerDetail } from '../detail/server-detail';
import type { CardActions } from '../server-actions';
import { serverTable } from '../server-export';
import { parseServerOrder, serverOrderText } from './server-order';
import { ServerTable } from './server-table';
import { useListedServers } from './use-listed-servers';

/** Many servers: a list that can be filtered and sorted, with the open server beside it. All of it is in the URL. */
export function ServerListView({ servers: all, actions }: { servers: readonly Server[]; actions: CardActions }) {
  const { id, params } = useRoute();
  const { navigate, setParams } = useActions();
  const filter = params.q ?? '';
  const order = useMemo(() => parseServerOrder(params.sort), [params.sort]);
  const [isHeld, setHeld] = useState(false);
  const [moved, setMoved] = useState<string | null>(null);
  const { servers, isOutdated, sortAgain } = useListedServers(all, filter, order, isHeld || id !== null);
  const list = useRef<HTMLDivElement>(null);

  const focusGrid = () => list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  const open = (name: string) => navigate('servers', { id: name });
  const close = () => {
    setMoved(id);
    navigate('servers');
    focusGrid();
  };
  // With the pane open, moving on shows the next server in it; Back still leads to where the pane was opened.
  const move = (name: string) => (id === null ? setMoved(name) : navigate('servers', { id: name, replace: true }));

  return (
    <div className="flex min-h-0 flex-1 border-line border-t">
      <div ref={list} className="flex min-w-0 flex-1 flex-col">
        <div className="flex items-center gap-3 px-5 py-2.5">
          <FilterBox
            label={t('servers.filter')}
            placeholder={t('servers.filter_hint')}
            clearLabel={t('servers.filter_clear')}
            value={filter}
            onChange={(q) => setParams({ q })}
            onDone={focusGrid}
            className="max-w-xl"
          />
          <Button
            size="sm"
            variant="ghost"
            className={cx(!isOutdated && 'invisible max-[1000px]:hidden')}
            icon={<ArrowDownUp size={14} aria-hidden />}
            onClick={sortAgain}
          >
            {t('servers.sort_again')}
          </Button>
          <div className="ms-auto">
            <ExportMenu what="servers" formats={tableFormats(() => serverTable(servers))} />
          </div>
        </div>
        <div className="min-h-0 flex-1 border-line border-t bg-surface">
          {servers.length > 0 ? (
            <ServerTable
              servers={servers}
              order={order}
              onOrder={(next) => setParams({ sort: serverOrderText(next) })}
              cursor={id ?? moved}
              onMove={move}
              onOpen={open}
              onEscape={() => (id === null ? setMoved(null) : close())}
              onHold={setHeld}
            />
          ) : (
            <EmptyState
              title={t('servers.filter_none')}
              action={<Button onClick={() => setParams({ q: '' })}>{t('servers.filter_clear')}</Button>}
            >
              {t('servers.filter_scope')}
            </EmptyState>
          )}
        </div>
      </div>
      {id !== null && <ServerDetail key={id} name={id} actions={actions} onClose={close} />}
    </div>
  );
}
