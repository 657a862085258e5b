import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { formatShortClock } from '../../../format/time';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { toastError } from '../../../ui/toast';

/** Says that a session waits to go on elsewhere, and what to do there. Nothing while it is offered to nobody. */
export function OpenOffer({ session }: { session: Session }) {
  const { withdrawOffer } = useActions();
  const { offer } = session;
  if (offer === null) return null;
  const withdraw = async () => {
    try {
      await withdrawOffer(session.session_id);
    } catch (error) {
      toastError(t('session.offer.failed'), error);
    }
  };
  const said = { client: offer.client_name, time: formatShortClock(offer.expires_at) };
  return (
    <div className="mx-5 mb-3 flex items-start gap-3 rounded-md border border-line bg-sunken px-3 py-2 text-sm">
      <p role="status" className="min-w-0 flex-1 text-ink-2">
        {offer.invited ? t('session.offer.invited', said) : t('session.offer.waits', said)}
      </p>
      <Button size="sm" onClick={() => void withdraw()}>
        {t('ui.cancel')}
      </Button>
    </div>
  );
}
