// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid or the buttons inside take the focus
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export interface GridHeadingProps {
  column: string;
  title: ReactNode;
  /** Whether the rows are in the order of this column, and in which. */
  sorted: 'ascending' | 'descending' | null;
  /** A click sorts, another one reverses the order. Null: nothing can be sorted by this column. */
  onSort: (() => void) | null;
}

/** The heading of one column of a grid. */
export function GridHeading({ column, title, sorted, onSort }: GridHeadingProps) {
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp;
  return (
    <div role="columnheader" data-column={column} aria-sort={sorted ?? undefined} className="flex min-w-0 items-center">
      {onSort ? (
        <button
          type="button"
          onClick={onSort}
          className={cx(
            '-mx-1.5 inline-flex h-6 min-w-0 items-center gap-1 rounded px-1.5 hover:bg-sunken hover:text-ink',
            sorted && 'text-ink',
          )}
        >
          <span className="truncate">{title}</span>
          {sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
        </button>
      ) : (
        title
      )}
    </div>
  );
}

/** A cell of a grid: one line, cut off if it is long. */
export function GridCell({ column, children }: { column: string; children: ReactNode }) {
  return (
    <div
      role="gridcell"
      data-column={column}
      className="flex min-w-0 items-center gap-2 overflow-hidden whitespace-nowrap"
    >
      {children}
    </div>
  );
}
