import { Ellipsis, FlaskConical, KeyRound, LogOut, Pencil, RotateCw, ShieldQuestion, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { isCommandError } from '../../../shared/model/server-words';
import { showInvisible } from '../../../shared/visible-text';
import { hasTokens, takesLogin } from '../../format/login-words';
import { useActions } from '../../store/use-holdfast';
import { Button, IconButton } from '../../ui/button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { toastError } from '../../ui/toast';
import { isRetried } from './is-retried';
import { RestartButton } from './restart-button';
import type { CardActions } from './server-actions';

/** What can be done with a server now; the rest is in the menu. */
export function CardButtons({ server, actions }: { server: Server; actions: CardActions }) {
  const { state, enabled, trusted, name } = server;
  const isBroken = state === 'broken';
  const canRetry = isRetried(server);
  return (
    <div className="mt-auto flex flex-wrap items-center gap-2 pt-1">
      {enabled && !trusted && !isBroken && (
        <Button
          size="sm"
          variant="primary"
          icon={<ShieldQuestion size={14} aria-hidden />}
          onClick={() => actions.onConfirm(server)}
        >
          Review the command
        </Button>
      )}
      {canRetry && <RetryButton name={name} />}
      {!canRetry && isRunning(state) && <RestartButton server={server} />}
      <LoginButtons server={server} actions={actions} />
      {trusted && !isBroken && (
        <Button size="sm" icon={<FlaskConical size={14} aria-hidden />} onClick={() => actions.onTest(server)}>
          Test
        </Button>
      )}
      <Button size="sm" icon={<Pencil size={14} aria-hidden />} onClick={() => actions.onEdit(server)}>
        {isCommandError(server.last_error) && canRetry ? 'Edit command' : 'Edit'}
      </Button>
      <Menu
        trigger={
          <IconButton label={`More actions for ${showInvisible(name)}`} className="ml-auto">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onClick={() => actions.onAllLines(server)}>Show all output</MenuItem>
        {takesLogin(server) && server.login.state !== 'needed' && (
          <MenuItem icon={<KeyRound size={14} aria-hidden />} onClick={() => actions.onLogIn(server)}>
            {server.login.state === 'none' ? 'Log in' : 'Log in again'}
          </MenuItem>
        )}
        {hasTokens(server.login) && (
          <MenuItem icon={<LogOut size={14} aria-hidden />} onClick={() => actions.onLogOut(server)}>
            Log out
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 size={14} aria-hidden />} onClick={() => actions.onRemove(server)}>
          Remove
        </MenuItem>
      </Menu>
    </div>
  );
}

const isRunning = (state: Server['state']): boolean => state === 'running' || state === 'starting';

/** What can be done about a login now; the rest is in the menu. */
function LoginButtons({ server, actions }: { server: Server; actions: CardActions }) {
  const { state } = server.login;
  if (state === 'under_way') return <CancelLoginButton name={server.name} />;
  if (state !== 'needed' || !takesLogin(server)) return null;
  return (
    <Button
      size="sm"
      variant="primary"
      icon={<KeyRound size={14} aria-hidden />}
      onClick={() => actions.onLogIn(server)}
    >
      Log in
    </Button>
  );
}

function CancelLoginButton({ name }: { name: string }) {
  const { cancelLogin } = useActions();
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    try {
      await cancelLogin(name);
    } catch (error) {
      toastError(`Could not cancel the login to ${name}`, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="sm" disabled={busy} onClick={() => void cancel()}>
      Cancel login
    </Button>
  );
}

function RetryButton({ name }: { name: string }) {
  const { retryServer } = useActions();
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      await retryServer(name);
    } catch (error) {
      toastError(`Could not start ${name}`, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="sm"
      variant="primary"
      icon={<RotateCw size={14} aria-hidden />}
      disabled={busy}
      onClick={() => void retry()}
    >
      {busy ? 'Trying…' : 'Retry now'}
    </Button>
  );
}
