import { KeyRound, Unplug } from 'lucide-react';
import { t } from '../../shared/messages/language';
import { useActions, useConnection } from '../store/use-holdfast';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** Shown instead of any view while there is no data and none is on its way: says why, and what to do. */
export function NotConnected() {
  const { problem, signed_out: signedOut } = useConnection();
  const { reconnectNow } = useActions();
  return (
    <div className="flex h-full items-center">
      {signedOut ? (
        <EmptyState icon={<KeyRound size={32} aria-hidden />} title={t('shell.sign_in.title')}>
          <p>{problem}</p>
          <p className="mt-2">{t('shell.sign_in.text')}</p>
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Unplug size={32} aria-hidden />}
          title={t('shell.not_connected')}
          action={
            <Button variant="primary" onClick={reconnectNow}>
              {t('connection.reconnect_now')}
            </Button>
          }
        >
          {problem}
        </EmptyState>
      )}
    </div>
  );
}
