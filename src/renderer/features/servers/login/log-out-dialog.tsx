import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';
import { useActions } from '../../../store/use-holdfast';
import { ConfirmDialog } from '../../../ui/dialog';
import { toast } from '../../../ui/toast';

/** Asks before a server is logged out of, and says what that means for sessions and tokens. */
export function LogOutDialog({
  server: { name, login, sessions_using },
  onClose,
}: {
  server: Server;
  onClose(): void;
}) {
  const { logOut } = useActions();
  const shown = showInvisible(name);
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('logout.title', { name: shown })}
      action={t('login.log_out')}
      effects={[
        login.host === null ? t('logout.tokens') : t('logout.tokens_at', { host: login.host }),
        t('logout.sessions', { count: sessions_using }),
        t('logout.calls', { name: shown }),
      ]}
      onConfirm={async () => {
        await logOut(name);
        toast({ title: t('logout.done', { name: shown }) });
      }}
    />
  );
}
