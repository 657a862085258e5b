import type { Server } from '../../../../shared/contract/server';
import { showInvisible } from '../../../../shared/visible-text';
import { formatCount } from '../../../format/number';
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
  const where = login.host ?? 'the authorization server';
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={`Log out of ${shown}?`}
      action="Log out"
      effects={[
        `Its tokens are revoked at ${where} where that is possible, and forgotten here in any case.`,
        sessions_using === 0
          ? 'No session is using it right now.'
          : `${formatCount(sessions_using, 'session')} ${sessions_using === 1 ? 'uses' : 'use'} it. Sessions stay alive.`,
        `Calls to ${shown} wait until somebody logs in again, for five minutes at most; then they fail.`,
      ]}
      onConfirm={async () => {
        await logOut(name);
        toast({ title: `Logged out of ${shown}` });
      }}
    />
  );
}
