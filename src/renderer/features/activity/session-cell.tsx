import type { Activity } from '../../../shared/contract/activity';
import { shortId } from '../../../shared/model/ids';
import { visible } from '../../../shared/visible-text';
import { sessionName, sessionPlace } from '../../format/words';
import type { HoldfastState } from '../../store/state';
import { useHoldfast } from '../../store/use-holdfast';

/**
 * Where the session works and its client, or its id when it is not known any more. Drawn again only when these words change:
 * a session changes with each of its calls.
 */
export function SessionCell({ row: { session_id } }: { row: Activity }) {
  const place = useHoldfast((state) => placeOf(state, session_id));
  const client = useHoldfast((state) => clientOf(state, session_id));
  if (session_id === null) return null;
  return (
    <span translate="no" className="truncate text-ink-2">
      {place} {client !== '' && <span className="text-ink-3">{client}</span>}
    </span>
  );
}

function placeOf({ sessions, sessionNames }: HoldfastState, id: string | null): string {
  if (id === null) return '';
  const session = sessions.get(id);
  return session ? visible(sessionPlace(session, sessionNames[id]).main) : shortId(id);
}

function clientOf({ sessions }: HoldfastState, id: string | null): string {
  const session = id === null ? undefined : sessions.get(id);
  return session ? visible(sessionName(session)) : '';
}
