// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons inside take the focus
import { t } from '../../../shared/messages/language';
import { GridHeading } from '../../ui/grid-cells';
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
        {COLUMNS.map(({ id, title }) => (
          <GridHeading
            key={id}
            column={id}
            title={title}
            sorted={order.column === id ? (order.desc ? 'descending' : 'ascending') : null}
            onSort={isSortable(id) ? () => onOrder(orderBy(id, order)) : null}
          />
        ))}
      </div>
    </div>
  );
}
