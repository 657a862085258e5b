import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { ConfirmDialog } from '../../ui/dialog';
import { RichMessage } from '../../ui/rich-message';
import { Switch } from '../../ui/switch';
import { toast, toastError } from '../../ui/toast';

/** Switches a server on and off: asks first while calls are running, and offers to undo it. */
export function EnabledSwitch({ server: { name, enabled, state, running_calls } }: { server: Server }) {
  const { setServerEnabled } = useActions();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [asking, setAsking] = useState(false);
  const change = async (next: boolean) => {
    setWanted(next);
    try {
      await setServerEnabled(name, next);
      if (!next) {
        const detail = t('servers.off_detail');
        toast({ title: t('servers.off', { name }), detail, undo: () => void change(true) });
      }
    } catch (error) {
      toastError(t(next ? 'servers.on_failed' : 'servers.off_failed', { name }), error);
    } finally {
      setWanted(null);
    }
  };
  return (
    <>
      <Switch
        label={
          <RichMessage
            id="servers.switch"
            values={{
              on: (wanted ?? enabled) ? 'yes' : 'no',
              name: showInvisible(name),
              hidden: (text) => <span className="sr-only">{text}</span>,
            }}
          />
        }
        checked={wanted ?? enabled}
        disabled={wanted !== null || state === 'broken'}
        onChange={(next) => (!next && running_calls > 0 ? setAsking(true) : void change(next))}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('servers.off_title', { name: showInvisible(name) })}
        effects={[t('servers.calls_fail', { count: running_calls }), t('servers.off_effect')]}
        action={t('servers.turn_off')}
        danger
        onConfirm={() => change(false)}
      />
    </>
  );
}
