import { useState } from 'react';
import type { Session, Sharing, SharingRole } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded } from '../../../../shared/model/session';
import { sessionName } from '../../../format/words';
import { routeHash } from '../../../store/route';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ConfirmDialog } from '../../../ui/dialog';
import { Segmented } from '../../../ui/segmented';
import { toast, toastError } from '../../../ui/toast';

/** Says with which session this one shares its servers and who is asked by them, and ends it. Nothing while it shares none. */
export function SessionSharing({ session }: { session: Session }) {
  const { setAsked, stopSharing } = useActions();
  const [isStopping, setStopping] = useState(false);
  const { session_id, sharing } = session;
  const other = useHoldfast((state) => (sharing ? state.sessions.get(sharing.session_id) : undefined));
  if (sharing === null || hasEnded(session.status)) return null;
  const { role } = sharing;
  const client = other ? sessionName(other) : sharing.client_name;
  const choose = async (asks: SharingRole) => {
    try {
      await setAsked({ session_id, asks });
    } catch (error) {
      toastError(t('session.shared.failed'), error);
    }
  };
  const stop = async () => {
    await stopSharing(session_id);
    toast({ title: t('session.shared.stop.done') });
  };
  return (
    <section className="mx-5 mb-3 flex flex-col gap-2 rounded-md border border-line bg-sunken px-3 py-2 text-sm">
      <div className="flex items-start gap-3">
        <p role="status" className="min-w-0 flex-1 text-ink-2">
          {t(`session.shared.${role}`, { client })}{' '}
          <a
            href={routeHash({ view: 'sessions', id: sharing.session_id, params: {} })}
            className="whitespace-nowrap rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid"
          >
            {t('session.shared.show')}
          </a>
        </p>
        <Button size="sm" onClick={() => setStopping(true)}>
          {t('session.shared.stop')}
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-ink-2">{t('session.share.asks')}</span>
        <Segmented
          label={t('session.share.asks')}
          value={sharing.asks}
          options={partiesOf(sharing)}
          onChange={(asks) => void choose(asks)}
        />
      </div>
      <ConfirmDialog
        open={isStopping}
        onClose={() => setStopping(false)}
        title={t('session.shared.stop.title')}
        effects={[
          ...(role === 'host'
            ? [t('session.shared.stop.host'), t('session.shared.stop.other', { client })]
            : [t('session.shared.stop.guest', { client })]),
          t('session.shared.stop.calls'),
        ]}
        action={t('session.shared.stop')}
        onConfirm={stop}
      />
    </section>
  );
}

/** This client first. */
const partiesOf = ({ role }: Sharing) => [
  { value: role, label: t('session.share.asks.here') },
  { value: role === 'host' ? ('guest' as const) : ('host' as const), label: t('session.share.asks.there') },
];
