// biome-ignore-all lint/a11y/useSemanticElements: rows that are chosen by the keyboard make an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid takes the keys
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { useHoldfast } from '../../../store/use-holdfast';
import { cx } from '../../../ui/cx';
import { GridCell, GridHeading } from '../../../ui/grid-cells';
import { onGridKey } from '../../../ui/grid-keys';
import { SERVER_COLUMNS } from './server-columns';
import { type ServerOrder, serverOrderBy } from './server-order';
import './servers.css';

const rowId = (name: string): string => `server-row-${name}`;

export interface ServerTableProps {
  /** In order. */
  servers: readonly Server[];
  order: ServerOrder;
  onOrder(order: ServerOrder): void;
  /** The row that the keys start from. */
  cursor: string | null;
  onMove(name: string): void;
  onOpen(name: string): void;
  onEscape(): void;
  /** The pointer or the focus is inside: rows must not move. */
  onHold(isHeld: boolean): void;
}

/** A grid of servers with one tab stop; arrows or J and K move, Enter opens, Esc closes. */
export function ServerTable(props: ServerTableProps) {
  const { servers, cursor, onMove, onOpen, onHold } = props;
  const singleKeys = useHoldfast((state) => state.singleKeys);
  const grid = useRef<HTMLDivElement>(null);
  const inside = useRef({ pointer: false, focus: false });
  const note = (part: Partial<typeof inside.current>) => {
    inside.current = { ...inside.current, ...part };
    onHold(inside.current.pointer || inside.current.focus);
  };
  const position = servers.findIndex(({ name }) => name === cursor);
  useEffect(() => {
    if (cursor !== null) document.getElementById(rowId(cursor))?.scrollIntoView({ block: 'nearest' });
  }, [cursor]);

  const onKeyDown = (event: KeyboardEvent) =>
    onGridKey(event, {
      position,
      count: servers.length,
      singleKeys,
      onMove(index) {
        const target = servers[index];
        if (target) onMove(target.name);
      },
      onOpen: () => cursor !== null && onOpen(cursor),
      onEscape: props.onEscape,
    });

  return (
    <div
      ref={grid}
      role="grid"
      tabIndex={0}
      aria-label={t('servers.label')}
      aria-rowcount={servers.length + 1}
      aria-activedescendant={position >= 0 && cursor !== null ? rowId(cursor) : undefined}
      aria-description={t('servers.grid', { count: servers.length })}
      onKeyDown={onKeyDown}
      onPointerEnter={() => note({ pointer: true })}
      onPointerLeave={() => note({ pointer: false })}
      onFocus={() => note({ focus: true })}
      onBlur={(event) => note({ focus: event.currentTarget.contains(event.relatedTarget) })}
      className="server-list scroll-area h-full scroll-pt-9 focus-visible:outline-offset-[-2px]"
    >
      <Header order={props.order} onOrder={props.onOrder} />
      <div role="rowgroup">
        {servers.map((server, index) => (
          <div
            role="row"
            key={server.name}
            id={rowId(server.name)}
            data-server-row={server.name}
            aria-rowindex={index + 2}
            aria-selected={server.name === cursor}
            onClick={() => {
              grid.current?.focus({ preventScroll: true });
              onOpen(server.name);
            }}
            className={cx(
              'server-columns h-9 border-line border-b text-sm',
              server.name === cursor ? 'bg-selected' : 'hover:bg-hover',
            )}
          >
            {SERVER_COLUMNS.map(({ id, cell }) => (
              <GridCell key={id} column={id}>
                {cell(server)}
              </GridCell>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The column headers; a click sorts, another one reverses the order. */
function Header({ order, onOrder }: Pick<ServerTableProps, 'order' | 'onOrder'>) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        className="server-columns h-9 border-line border-b bg-canvas font-medium text-ink-3 text-xs"
      >
        {SERVER_COLUMNS.map(({ id, title }) => (
          <GridHeading
            key={id}
            column={id}
            title={title}
            sorted={order.column === id ? (order.desc ? 'descending' : 'ascending') : null}
            onSort={() => onOrder(serverOrderBy(id, order))}
          />
        ))}
      </div>
    </div>
  );
}
