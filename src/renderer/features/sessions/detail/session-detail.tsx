import { X } from 'lucide-react';
import { type KeyboardEvent, useEffect } from 'react';
import { t } from '../../../../shared/messages/language';
import { sessionName, sessionPlace } from '../../../format/words';
import { selectSynced } from '../../../store/selectors';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { IconButton } from '../../../ui/button';
import { CopyButton } from '../../../ui/copy-button';
import { EmptyState } from '../../../ui/empty-state';
import { ScrollRegion } from '../../../ui/scroll-region';
import { SessionFlags } from '../../../ui/session-flags';
import { StatusMark } from '../../../ui/status-mark';
import { SessionStrip } from '../strip/session-strip';
import { OpenOffer } from './open-offer';
import { SessionActions } from './session-actions';
import { SessionFacts } from './session-facts';
import { SessionSharing } from './session-sharing';
import { Timeline } from './timeline';

/** One session beside the list: facts, actions and timeline. */
export function SessionDetail({ sessionId, onClose }: { sessionId: string; onClose(): void }) {
  const session = useHoldfast((state) => state.sessions.get(sessionId));
  const name = useHoldfast((state) => state.sessionNames[sessionId]);
  const synced = useHoldfast(selectSynced);
  const hasClients = useHoldfast((state) => state.clients !== null);
  const { loadClients } = useActions();
  useEffect(() => {
    // Only the key's name depends on it; without it the id is shown.
    if (!hasClients) loadClients().catch(() => undefined);
  }, [hasClients, loadClients]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <aside
      aria-label={t('session.label')}
      onKeyDown={onKeyDown}
      className="flex w-[21rem] shrink-0 flex-col border-line border-s bg-surface min-[1000px]:w-[24rem] min-[1200px]:w-[28rem]"
    >
      <div className="flex items-start gap-2 px-5 pt-4">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-ink text-lg">
            {session ? (
              <span translate="no">
                {sessionPlace(session, name).main}{' '}
                <span className="font-normal text-ink-3">{`${sessionName(session)} ${session.client_version}`}</span>
              </span>
            ) : (
              t('session.label')
            )}
          </h2>
        </div>
        <IconButton label={t('ui.close')} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <div className="flex items-center gap-1 px-5 pb-2">
        <code translate="no" className="truncate font-mono text-ink-3 text-xs">
          {sessionId}
        </code>
        <CopyButton text={sessionId} label={t('session.copy_id')} iconOnly />
      </div>
      {session ? (
        <>
          <div className="flex flex-wrap items-center gap-2 px-5 pb-3">
            <StatusMark status={session.status} />
            <SessionFlags session={session} />
          </div>
          <SessionActions session={session} />
          <OpenOffer session={session} />
          <SessionSharing session={session} />
          <ScrollRegion label={t('session.details')} className="min-h-0 flex-1 border-line border-t">
            <SessionFacts session={session} />
            <div className="border-line border-t" />
            <SessionStrip session={session} />
            <div className="border-line border-t" />
            <Timeline session={session} />
          </ScrollRegion>
        </>
      ) : (
        synced && <EmptyState title={t('session.unknown')}>{t('session.unknown.text')}</EmptyState>
      )}
    </aside>
  );
}
