import { CircleStop, Ellipsis, KeyRound, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { hasEnded, isAttached } from '../../../../shared/model/session';
import { sessionName } from '../../../format/words';
import { useActions } from '../../../store/use-holdfast';
import { useIntent } from '../../../store/use-intent';
import { Button, IconButton } from '../../../ui/button';
import { copyText } from '../../../ui/copy-text';
import { ConfirmDialog } from '../../../ui/dialog';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu';
import { toast } from '../../../ui/toast';
import { IssueTokenDialog } from './issue-token-dialog';
import { NameDialog } from './name-dialog';

const ASKS = ['name', 'token', 'disconnect', 'end'] as const;
type Asking = (typeof ASKS)[number] | null;

/** What can be done with a session. */
export function SessionActions({ session }: { session: Session }) {
  const { disconnectSession, closeSession } = useActions();
  const [asking, setAsking] = useState<Asking>(null);
  const stop = () => setAsking(null);
  const name = sessionName(session);
  const attached = isAttached(session.status);

  useIntent('sessions', session.session_id, ({ act }) => {
    setAsking(ASKS.find((one) => one === act) ?? null);
    return true;
  });

  const disconnect = async () => {
    await disconnectSession(session.session_id);
    toast({ title: `${name} was disconnected`, detail: 'Its session is waiting for it to come back.' });
  };
  const end = async () => {
    await closeSession(session.session_id);
    toast({ title: `The session of ${name} has ended` });
  };
  const copyRow = async () => {
    if (await copyText(JSON.stringify(session, null, 2))) toast({ title: 'Copied as JSON' });
  };

  return (
    <div className="flex items-center gap-2 px-5 pb-3">
      <Button
        size="sm"
        icon={<Unplug size={14} aria-hidden />}
        disabled={!attached}
        title={attached ? undefined : 'The client is not connected'}
        onClick={() => setAsking('disconnect')}
      >
        Disconnect
      </Button>
      <Button
        size="sm"
        icon={<KeyRound size={14} aria-hidden />}
        disabled={!attached}
        title={attached ? undefined : 'Only while the client is connected'}
        onClick={() => setAsking('token')}
      >
        Issue token
      </Button>
      <Menu
        trigger={
          <IconButton label="More actions">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onClick={() => setAsking('name')}>Name this session…</MenuItem>
        <MenuItem onClick={() => void copyRow()}>Copy as JSON</MenuItem>
        <MenuSeparator />
        <MenuItem
          danger
          icon={<CircleStop size={14} aria-hidden />}
          disabled={hasEnded(session.status)}
          onClick={() => setAsking('end')}
        >
          End session…
        </MenuItem>
      </Menu>

      <NameDialog session={session} open={asking === 'name'} onClose={stop} />
      <IssueTokenDialog session={session} open={asking === 'token'} onClose={stop} />
      <ConfirmDialog
        open={asking === 'disconnect'}
        onClose={stop}
        title={`Disconnect ${name}?`}
        effects={[
          'Its connections are cut, and calls in progress fail.',
          'The session stays. Most clients come back to it on their own within seconds.',
        ]}
        action="Disconnect"
        onConfirm={disconnect}
      />
      <ConfirmDialog
        open={asking === 'end'}
        onClose={stop}
        danger
        title={`End the session of ${name}?`}
        effects={[
          'The session ends for good: nobody can come back to it, by id or by token.',
          'Whatever its servers hold for it is released.',
          'Its timeline stays visible here and in History.',
        ]}
        action="End session"
        onConfirm={end}
      />
    </div>
  );
}
