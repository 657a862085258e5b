import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { activityHash } from '../activity/activity-place';

/** `2 failed`, leading to exactly those calls; nothing if none did. */
export function FailedCalls({ session: { session_id, errors } }: { session: Session }) {
  if (errors === 0) return null;
  return (
    <a
      href={activityHash({ session: session_id, failed: true })}
      onClick={(event) => event.stopPropagation()}
      className="rounded text-danger underline decoration-dotted underline-offset-2 hover:decoration-solid"
    >
      {t('sessions.failed', { count: errors })}
    </a>
  );
}
