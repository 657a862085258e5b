import {
  Ellipsis,
  FlaskConical,
  Globe,
  KeyRound,
  LogOut,
  Pencil,
  RotateCw,
  ShieldQuestion,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { useId, useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { OLDER_TRANSPORT } from '../../../shared/model/server-words';
import { showInvisible, visible } from '../../../shared/visible-text';
import { hasTokens, takesLogin } from '../../format/login-words';
import { serverSentence } from '../../format/server-words';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Badge } from '../../ui/badge';
import { Button, IconButton } from '../../ui/button';
import { cx } from '../../ui/cx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { ServerMark } from '../../ui/server-mark';
import { Switch } from '../../ui/switch';
import { toastError } from '../../ui/toast';
import { isRetried } from './is-retried';
import { ListRemarks } from './list-remarks';
import { ServerFacts } from './server-facts';
import { SharedBadge } from './shared-badge';
import { StderrTail } from './stderr-tail';

/** What a card asks its view to open or to do. */
export interface CardActions {
  onConfirm(server: Server): void;
  onEdit(server: Server): void;
  onTest(server: Server): void;
  /** Begins a login; nothing opens before the user has seen where. */
  onLogIn(server: Server): void;
  onLogOut(server: Server): void;
  onRemove(server: Server): void;
  onAllLines(server: Server): void;
}

/** The element id that a link to one server scrolls to. */
export const cardId = (name: string): string => `server-${name}`;

/** One server: its state and why, what it serves, and what can be done about it. */
export function ServerCard({ server, actions }: { server: Server; actions: CardActions }) {
  const id = useId();
  const Icon = server.transport === 'http' ? Globe : SquareTerminal;
  return (
    <section
      id={cardId(server.name)}
      aria-labelledby={id}
      data-server={server.name}
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface shadow-raised"
    >
      <header className="flex min-h-12 items-center gap-2.5 border-line border-b px-4 py-1.5">
        <Icon size={17} aria-hidden className="shrink-0 text-ink-3" />
        <h2 id={id} className="min-w-0 truncate font-semibold text-ink text-lg">
          {showInvisible(server.name)}
        </h2>
        <span className="text-ink-3 text-sm">{server.transport === 'http' ? 'HTTP' : 'stdio'}</span>
        {server.older_transport && (
          <Badge title="It speaks HTTP+SSE, which MCP replaced in 2025">{OLDER_TRANSPORT}</Badge>
        )}
        <SharedBadge policy={server.policy} />
        <span className="ml-auto">
          <EnabledSwitch server={server} />
        </span>
      </header>
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div className="flex flex-col gap-0.5">
          <ServerMark state={server.state} />
          <Sentence server={server} />
        </div>
        <ServerFacts server={server} />
        <ListRemarks server={server} />
        <StderrTail server={server} onAllLines={() => actions.onAllLines(server)} />
        <CardButtons server={server} actions={actions} />
      </div>
    </section>
  );
}

/** During a countdown it reserves two lines and room for the digits, so that nothing moves. */
function Sentence({ server }: { server: Server }) {
  const countdown = useHoldfast(({ now }) => serverSentence(server, now).countdown);
  const { before, after } = useSentenceFrame(server);
  return (
    <p className={cx('break-words text-ink-2', countdown !== null && 'min-h-11')}>
      {visible(before)}
      {countdown !== null && (
        <>
          {' '}
          <span
            data-countdown
            className="inline-block min-w-[2.25em] whitespace-nowrap text-center font-medium text-ink"
          >
            {countdown}
          </span>
        </>
      )}
      {after === '.' ? after : after && ` ${visible(after)}`}
    </p>
  );
}

/** The text around the countdown; it changes when the wait is over, not every second. */
function useSentenceFrame(server: Server): { before: string; after: string } {
  const before = useHoldfast(({ now }) => serverSentence(server, now).before);
  const after = useHoldfast(({ now }) => serverSentence(server, now).after);
  return { before, after };
}

function EnabledSwitch({ server: { name, enabled, state } }: { server: Server }) {
  const { setServerEnabled } = useActions();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = async (next: boolean) => {
    setWanted(next);
    try {
      await setServerEnabled(name, next);
    } catch (error) {
      toastError(`Could not switch ${name} ${next ? 'on' : 'off'}`, error);
    } finally {
      setWanted(null);
    }
  };
  return (
    <Switch
      label={
        <>
          {(wanted ?? enabled) ? 'On' : 'Off'}
          <span className="sr-only">, {showInvisible(name)}</span>
        </>
      }
      checked={wanted ?? enabled}
      disabled={wanted !== null || state === 'broken'}
      onChange={(next) => void change(next)}
    />
  );
}

function CardButtons({ server, actions }: { server: Server; actions: CardActions }) {
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
      <LoginButtons server={server} actions={actions} />
      {trusted && !isBroken && (
        <Button size="sm" icon={<FlaskConical size={14} aria-hidden />} onClick={() => actions.onTest(server)}>
          Test
        </Button>
      )}
      {!isBroken && (
        <Button size="sm" icon={<Pencil size={14} aria-hidden />} onClick={() => actions.onEdit(server)}>
          Edit
        </Button>
      )}
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
