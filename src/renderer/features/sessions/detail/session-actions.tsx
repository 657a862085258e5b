import {
  ArrowRightLeft,
  CircleStop,
  Copy,
  Ellipsis,
  KeyRound,
  PackageOpen,
  Pencil,
  Pin,
  PinOff,
  Unplug,
  Users,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded, isAttached } from '../../../../shared/model/session';
import { sessionName } from '../../../format/words';
import { useActions } from '../../../store/use-holdfast';
import { useIntent } from '../../../store/use-intent';
import { Button, IconButton } from '../../../ui/button';
import { copyText } from '../../../ui/copy-text';
import { ConfirmDialog } from '../../../ui/dialog';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu';
import { toast, toastError } from '../../../ui/toast';
import { BundleDialog } from '../../diagnostics/bundle-dialog';
import { canShare } from './can-share';
import { ContinueDialog } from './continue-dialog';
import { IssueTokenDialog } from './issue-token-dialog';
import { NameDialog } from './name-dialog';

const ASKS = ['continue', 'share', 'name', 'token', 'disconnect', 'end', 'bundle'] as const;
type Asking = (typeof ASKS)[number] | null;

/** What can be done with a session. */
export function SessionActions({ session }: { session: Session }) {
  const { disconnectSession, closeSession, pinSession } = useActions();
  const [asking, setAsking] = useState<Asking>(null);
  const { session_id } = session;
  const bundled = useMemo(() => ({ session_id }), [session_id]);
  const stop = () => setAsking(null);
  const name = sessionName(session);
  const attached = isAttached(session.status);

  const disconnect = async () => {
    await disconnectSession(session.session_id);
    toast({ title: t('session.disconnect.done', { name }), detail: t('session.disconnect.done.text') });
  };
  const end = async () => {
    await closeSession(session.session_id);
    toast({ title: t('session.end.done', { name }) });
  };
  const pin = async () => {
    try {
      await pinSession(session.session_id, !session.pinned);
      const [done, detail] = session.pinned
        ? [t('session.unpin.done', { name }), t('session.unpin.done.text')]
        : [t('session.pin.done', { name }), t('session.pin.done.text')];
      toast({ title: done, detail });
    } catch (error) {
      toastError(t('session.pin.failed'), error);
    }
  };
  useIntent('sessions', session.session_id, ({ act }) => {
    if (act === 'pin') void pin();
    setAsking(ASKS.find((one) => one === act) ?? null);
    return true;
  });
  const copyRow = async () => {
    if (await copyText(JSON.stringify(session, null, 2))) toast({ title: t('session.copied') });
  };

  return (
    <div className="flex items-center gap-2 px-5 pb-3">
      <Button
        size="sm"
        icon={<Unplug size={14} aria-hidden />}
        disabled={!attached}
        title={attached ? undefined : t('session.disconnect.off')}
        onClick={() => setAsking('disconnect')}
      >
        {t('session.disconnect')}
      </Button>
      <Button
        size="sm"
        icon={<KeyRound size={14} aria-hidden />}
        disabled={!attached}
        title={attached ? undefined : t('session.token.off')}
        onClick={() => setAsking('token')}
      >
        {t('session.token')}
      </Button>
      <Menu
        trigger={
          <IconButton label={t('session.more')}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem
          icon={<ArrowRightLeft size={14} aria-hidden />}
          disabled={hasEnded(session.status) || session.sharing !== null}
          onClick={() => setAsking('continue')}
        >
          {t('session.continue.ask')}
        </MenuItem>
        <MenuItem
          icon={<Users size={14} aria-hidden />}
          disabled={!canShare(session)}
          onClick={() => setAsking('share')}
        >
          {t('session.share.ask')}
        </MenuItem>
        <MenuItem icon={<Pencil size={14} aria-hidden />} onClick={() => setAsking('name')}>
          {t('session.name.ask')}
        </MenuItem>
        <MenuItem
          icon={session.pinned ? <PinOff size={14} aria-hidden /> : <Pin size={14} aria-hidden />}
          disabled={hasEnded(session.status)}
          onClick={() => void pin()}
        >
          {session.pinned ? t('session.unpin') : t('session.pin')}
        </MenuItem>
        <MenuItem icon={<Copy size={14} aria-hidden />} onClick={() => void copyRow()}>
          {t('session.copy')}
        </MenuItem>
        <MenuItem icon={<PackageOpen size={14} aria-hidden />} onClick={() => setAsking('bundle')}>
          {t('bundle.ask')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          danger
          icon={<CircleStop size={14} aria-hidden />}
          disabled={hasEnded(session.status)}
          onClick={() => setAsking('end')}
        >
          {t('session.end.ask')}
        </MenuItem>
      </Menu>

      <NameDialog session={session} open={asking === 'name'} onClose={stop} />
      <IssueTokenDialog session={session} open={asking === 'token'} onClose={stop} />
      {(asking === 'continue' || asking === 'share') && (
        <ContinueDialog session={session} offers={asking} onClose={stop} />
      )}
      {asking === 'bundle' && <BundleDialog scope={bundled} onClose={stop} />}
      <ConfirmDialog
        open={asking === 'disconnect'}
        onClose={stop}
        title={t('session.disconnect.title', { name })}
        effects={[t('session.disconnect.effect.cut'), t('session.disconnect.effect.stays')]}
        action={t('session.disconnect')}
        onConfirm={disconnect}
      />
      <ConfirmDialog
        open={asking === 'end'}
        onClose={stop}
        danger
        title={t('session.end.title', { name })}
        effects={[t('session.end.effect.gone'), t('session.end.effect.servers'), t('session.end.effect.timeline')]}
        action={t('session.end')}
        onConfirm={end}
      />
    </div>
  );
}
