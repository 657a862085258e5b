import type { Session } from '../../../shared/contract/session';
import { sessionPlace } from '../../format/words';
import { useHoldfast } from '../../store/use-holdfast';

/** What tells a session from others: its name if it has one, its folder, its process. */
export function SessionTitle({ session }: { session: Session }) {
  const name = useHoldfast((state) => state.sessionNames[session.session_id]);
  const { main, aside } = sessionPlace(session, name);
  return (
    <>
      <span translate="no" className="font-medium text-ink">
        {main}
      </span>
      {aside && (
        <span translate="no" className="font-normal text-ink-3">
          {' '}
          · {aside}
        </span>
      )}
    </>
  );
}
