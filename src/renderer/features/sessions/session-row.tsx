// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { memo } from 'react';
import type { Session } from '../../../shared/contract/session';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { COLUMNS } from './columns';

export const ROW_HEIGHT = 40;
export const rowElementId = (sessionId: string): string => `row-${sessionId}`;

export interface SessionRowProps {
  /** The session as it was when the list was built; the row itself shows it as it is now. */
  session: Session;
  /** Position in the whole list, from 0. */
  index: number;
  /** Distance from the top of the list, in pixels. */
  top: number;
  selected: boolean;
  onPick(sessionId: string): void;
}

/** One row. It renders again only when its own session changes. */
export const SessionRow = memo(function SessionRow({ session: listed, index, top, selected, onPick }: SessionRowProps) {
  const id = listed.session_id;
  const session = useHoldfast((state) => state.sessions.get(id)) ?? listed;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it takes the keys
    <div
      role="row"
      id={rowElementId(id)}
      data-session-id={id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => onPick(id)}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      className={cx(
        'session-columns absolute inset-x-0 top-0 border-line border-b text-sm',
        selected ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      {COLUMNS.map(({ id: column, cell }) => (
        <div
          role="gridcell"
          key={column}
          data-column={column}
          className="flex min-w-0 items-center gap-2 overflow-hidden whitespace-nowrap"
        >
          {cell(session)}
        </div>
      ))}
    </div>
  );
});
