// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { type MouseEvent, memo } from 'react';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { GridCell } from '../../ui/grid-cells';
import { COLUMNS } from './columns';
import { TickBox } from './tick-box';

export const ROW_HEIGHT = 40;
export const rowElementId = (sessionId: string): string => `row-${sessionId}`;

export interface SessionRowProps {
  /** The session as it was when the list was built; the row itself shows it as it is now. */
  session: Session;
  /** Position in the whole list, from 0. */
  index: number;
  /** Distance from the top of the list, in pixels. */
  top: number;
  /** It is where the keys start from. */
  isCursor: boolean;
  /** It is chosen, to do something with it and others. */
  ticked: boolean;
  onPick(sessionId: string, how: Picking): void;
}

/** What a click on a row does: opens it, chooses it, or chooses all up to it. */
export type Picking = 'open' | 'tick' | 'reach';

const pickingOf = ({ shiftKey, ctrlKey, metaKey }: MouseEvent): Picking =>
  shiftKey ? 'reach' : ctrlKey || metaKey ? 'tick' : 'open';

/** One row. It renders again only when its own session changes. */
export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session: listed, index, top, isCursor, ticked, onPick } = props;
  const id = listed.session_id;
  const session = useHoldfast((state) => state.sessions.get(id)) ?? listed;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it takes the keys
    <div
      role="row"
      id={rowElementId(id)}
      data-session-id={id}
      aria-rowindex={index + 2}
      aria-selected={ticked}
      data-cursor={isCursor || undefined}
      onClick={(event) => onPick(id, pickingOf(event))}
      // A range of rows is no range of text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      className={cx(
        'session-columns absolute inset-x-0 top-0 border-line border-b text-sm',
        isCursor || ticked ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <div role="gridcell" className="flex">
        <TickBox
          label={t('sessions.chosen.one')}
          ticked={ticked}
          onTick={({ shiftKey }) => onPick(id, shiftKey ? 'reach' : 'tick')}
        />
      </div>
      {COLUMNS.map(({ id: column, cell }) => (
        <GridCell key={column} column={column}>
          {cell(session)}
        </GridCell>
      ))}
    </div>
  );
});
