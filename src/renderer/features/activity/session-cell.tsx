import type { Activity } from '../../../shared/contract/activity';
import { shortId } from '../../../shared/model/ids';
import { visible } from '../../../shared/visible-text';
import { sessionName, sessionPlace } from '../../format/words';
import { useHoldfast } from '../../store/use-holdfast';

/** Where the session works and its client, or its id when it is not known any more. */
export function SessionCell({ row: { session_id } }: { row: Activity }) {
  const session = useHoldfast((state) => (session_id === null ? undefined : state.sessions.get(session_id)));
  const name = useHoldfast((state) => (session_id === null ? undefined : state.sessionNames[session_id]));
  if (session_id === null) return null;
  return (
    <span translate="no" className="truncate text-ink-2">
      {session ? (
        <>
          {visible(sessionPlace(session, name).main)}{' '}
          <span className="text-ink-3">{visible(sessionName(session))}</span>
        </>
      ) : (
        shortId(session_id)
      )}
    </span>
  );
}
