// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons inside take the focus
import { ArrowDown, ArrowUp } from 'lucide-react';
import { t } from '../../../shared/messages/language';
import { cx } from '../../ui/cx';
import { COLUMNS } from './columns';
import { isSortable, type Order, orderBy } from './order';
import { TickBox } from './tick-box';

export const HEADER_HEIGHT = 36;

export interface SessionHeaderProps {
  order: Order;
  onOrder(order: Order): void;
  /** Whether all rows are chosen, or some. */
  ticked: boolean | 'some';
  /** Chooses all rows, or none. */
  onTickAll(): void;
}

/** The column headers; a click sorts, another one reverses the order. */
export function SessionHeader({ order, onOrder, ticked, onTickAll }: SessionHeaderProps) {
  const Arrow = order.desc ? ArrowDown : ArrowUp;
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        style={{ height: HEADER_HEIGHT }}
        className="session-columns border-line border-b bg-canvas font-medium text-ink-3 text-xs"
      >
        <div role="columnheader" className="flex">
          <TickBox label={t('sessions.chosen.all')} ticked={ticked} onTick={onTickAll} />
        </div>
        {COLUMNS.map(({ id, title }) => {
          const isSorted = order.column === id;
          return (
            <div
              role="columnheader"
              key={id}
              data-column={id}
              aria-sort={isSorted ? (order.desc ? 'descending' : 'ascending') : undefined}
              className="flex min-w-0 items-center"
            >
              {isSortable(id) ? (
                <button
                  type="button"
                  onClick={() => onOrder(orderBy(id, order))}
                  className={cx(
                    '-mx-1.5 inline-flex h-6 min-w-0 items-center gap-1 rounded px-1.5 hover:bg-sunken hover:text-ink',
                    isSorted && 'text-ink',
                  )}
                >
                  <span className="truncate">{title}</span>
                  {isSorted && <Arrow size={12} aria-hidden className="shrink-0" />}
                </button>
              ) : (
                title
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
