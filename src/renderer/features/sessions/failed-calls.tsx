import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { routeHash } from '../../store/route';
import { useRoute } from '../../store/use-holdfast';

/** `2 failed`, leading to those calls in the session's timeline; nothing if none did. The list's filter stays. */
export function FailedCalls({ session: { session_id, errors } }: { session: Session }) {
  const { view, params } = useRoute();
  if (errors === 0) return null;
  const here = view === 'sessions' ? params : {};
  return (
    <a
      href={routeHash({ view: 'sessions', id: session_id, params: { ...here, show: 'failed' } })}
      onClick={(event) => event.stopPropagation()}
      className="rounded text-danger underline decoration-dotted underline-offset-2 hover:decoration-solid"
    >
      {t('sessions.failed', { count: errors })}
    </a>
  );
}
