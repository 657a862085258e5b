// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus; a heading is no row to go to
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { COLUMNS } from './columns';
import type { SessionGroup } from './session-groups';
import { TickBox } from './tick-box';

export const GROUP_HEIGHT = 32;

export interface GroupRowProps {
  group: SessionGroup;
  /** Position in the whole list, from 0. */
  index: number;
  /** Distance from the top of the list, in pixels. */
  top: number;
  /** How many of its sessions are chosen. */
  chosen: number;
  onTick(sessionIds: readonly string[]): void;
}

/** The heading of the sessions of one client. Its tick chooses all of them. */
export function GroupRow({ group, index, top, chosen, onTick }: GroupRowProps) {
  const { clientId, program, sessions } = group;
  const key = useHoldfast((state) => state.clients?.find(({ client_id }) => client_id === clientId)?.name ?? clientId);
  const count = sessions.length;
  return (
    <div
      role="row"
      data-group={program}
      aria-rowindex={index + 2}
      style={{ height: GROUP_HEIGHT, transform: `translateY(${top}px)` }}
      className="session-group absolute inset-x-0 top-0 flex items-center border-line border-b bg-sunken text-sm"
    >
      <div role="gridcell" className="flex">
        <TickBox
          label={t('sessions.chosen.group', { name: program })}
          ticked={chosen === count ? true : chosen > 0 ? 'some' : false}
          onTick={() => onTick(sessions.map(({ session_id }) => session_id))}
        />
      </div>
      <div role="rowheader" aria-colspan={COLUMNS.length} className="min-w-0 truncate">
        <span translate="no" className="font-semibold text-ink">
          {program}
        </span>
        <span className="text-ink-2">
          {key !== program && <span translate="no">{` · ${key}`}</span>}
          {` · ${t('sessions.group.count', { count })}`}
        </span>
      </div>
    </div>
  );
}
