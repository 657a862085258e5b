import { useState } from 'react';
import type { Session, Sharing, SharingRole } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded } from '../../../../shared/model/session';
import { routeHash } from '../../../store/route';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ConfirmDialog } from '../../../ui/dialog';
import { Segmented } from '../../../ui/segmented';
import { toast, toastError } from '../../../ui/toast';

/** Says with which session this one shares its servers and who is asked by them, and ends it. Nothing while it shares none. */
export function SessionSharing({ session }: { session: Session }) {
  const { setAsked, stopSharing } = useActions();
  const [isStopping, setStopping] = useState(false);
  const { session_id, sharing } = session;
  if (sharing === null || hasEnded(session.status)) return null;
  const { role, client_name: client } = sharing;
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
      <p role="status" className="text-ink-2">
        {t(`session.shared.${role}`, { client })}{' '}
        <a
          href={routeHash({ view: 'sessions', id: sharing.session_id, params: {} })}
          className="rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid"
        >
          {t('session.shared.show')}
        </a>
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-ink-2">{t('session.share.asks')}</span>
        <Segmented
          label={t('session.share.asks')}
          value={sharing.asks}
          options={partiesOf(sharing)}
          onChange={(asks) => void choose(asks)}
        />
        <span className="flex-1" />
        <Button size="sm" onClick={() => setStopping(true)}>
          {t('session.shared.stop')}
        </Button>
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
