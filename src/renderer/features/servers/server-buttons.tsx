import {
  Ellipsis,
  FlaskConical,
  KeyRound,
  LogOut,
  Pencil,
  RotateCw,
  ScrollText,
  ShieldQuestion,
  Trash2,
  Wrench,
} from 'lucide-react';
import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { isCommandError } from '../../../shared/model/server-words';
import { showInvisible } from '../../../shared/visible-text';
import { hasTokens, takesLogin } from '../../format/login-words';
import { useActions } from '../../store/use-holdfast';
import { Button, IconButton } from '../../ui/button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { toastError } from '../../ui/toast';
import { useKeptFocus } from '../../ui/use-kept-focus';
import { isRestarted, isRetried, isRunning } from './is-retried';
import { RestartButton } from './restart-button';
import type { CardActions } from './server-actions';
import { StopButton } from './stop-button';

/** What can be done with a server now; the rest is in the menu. */
export function CardButtons({ server, actions }: { server: Server; actions: CardActions }) {
  const { state, enabled, trusted, name, transport } = server;
  const isBroken = state === 'broken';
  const canRetry = isRetried(server);
  // Buttons come and go with the state of the server, also the one that was just pressed.
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const focusNext = () => requestAnimationFrame(() => keptFocus.ref.current?.querySelector('button')?.focus());
  return (
    <div {...keptFocus} className="mt-auto flex flex-wrap items-center gap-2 pt-1">
      {enabled && !trusted && !isBroken && (
        <Button
          size="sm"
          variant="primary"
          icon={<ShieldQuestion size={14} aria-hidden />}
          onClick={() => actions.onConfirm(server)}
        >
          {t(transport === 'http' ? 'servers.review_address' : 'servers.review')}
        </Button>
      )}
      {canRetry && <RetryButton name={name} />}
      {isRestarted(server) && <RestartButton server={server} />}
      {isRunning(server) && <StopButton server={server} onStopped={focusNext} />}
      <LoginButtons server={server} actions={actions} />
      {trusted && !isBroken && (
        <Button size="sm" icon={<FlaskConical size={14} aria-hidden />} onClick={() => actions.onTest(server)}>
          {t('servers.test')}
        </Button>
      )}
      {actions.onTools && !isBroken && (
        <Button size="sm" icon={<Wrench size={14} aria-hidden />} onClick={() => actions.onTools?.(server)}>
          {t('tools.open')}
        </Button>
      )}
      <Button size="sm" icon={<Pencil size={14} aria-hidden />} onClick={() => actions.onEdit(server)}>
        {t(isCommandError(server.last_error) && canRetry ? 'servers.edit_command' : 'servers.edit')}
      </Button>
      <Menu
        trigger={
          <IconButton label={t('servers.more', { name: showInvisible(name) })} className="ms-auto">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<ScrollText size={14} aria-hidden />} onClick={() => actions.onAllLines(server)}>
          {t('servers.all_output')}
        </MenuItem>
        {takesLogin(server) && server.login.state !== 'needed' && (
          <MenuItem icon={<KeyRound size={14} aria-hidden />} onClick={() => actions.onLogIn(server)}>
            {t(server.login.state === 'none' ? 'login.log_in' : 'login.again')}
          </MenuItem>
        )}
        {hasTokens(server.login) && (
          <MenuItem icon={<LogOut size={14} aria-hidden />} onClick={() => actions.onLogOut(server)}>
            {t('login.log_out')}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger icon={<Trash2 size={14} aria-hidden />} onClick={() => actions.onRemove(server)}>
          {t('servers.remove')}
        </MenuItem>
      </Menu>
    </div>
  );
}

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
      {t('login.log_in')}
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
      toastError(t('login.cancel_failed', { name }), error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="sm" disabled={busy} onClick={() => void cancel()}>
      {t('login.cancel')}
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
      toastError(t('servers.start_failed', { name }), error);
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
      {t(busy ? 'servers.retrying' : 'servers.retry')}
    </Button>
  );
}
