import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { STATUS_WORDS, sessionName } from '../../format/words';
import { routeHash } from '../../store/route';
import { RichMessage } from '../../ui/rich-message';
import { StatusShape } from '../../ui/status-mark';

/** The first session, live, or how to get one. */
export function FirstSession({ session }: { session: Session | null }) {
  return (
    <p role="status" className="flex min-h-6 flex-wrap items-center gap-x-2 text-ink-2 text-sm">
      {session === null ? (
        t('first_run.session.waiting')
      ) : (
        <>
          <StatusShape status={session.status} />
          <span>
            <RichMessage
              id="first_run.session.live"
              values={{
                name: () => (
                  <span key="name" translate="no" className="font-medium text-ink">
                    {sessionName(session)}
                  </span>
                ),
                status: STATUS_WORDS[session.status],
              }}
            />
          </span>
          <a
            href={routeHash({ view: 'sessions', id: session.session_id, params: {} })}
            className="rounded font-medium text-accent hover:underline"
          >
            {t('first_run.session.open')}
          </a>
        </>
      )}
    </p>
  );
}
