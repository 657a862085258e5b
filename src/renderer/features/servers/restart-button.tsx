import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/dialog';
import { toast, toastError } from '../../ui/toast';

/** Restarts what runs of a server, for all sessions; asks first while calls are running. */
export function RestartButton({ server: { name, running_calls } }: { server: Server }) {
  const { restartServer } = useActions();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const restart = async () => {
    setBusy(true);
    try {
      await restartServer(name);
      toast({ title: t('servers.restarting', { name }) });
    } catch (error) {
      toastError(t('servers.restart_failed', { name }), error);
    } finally {
      setBusy(false);
    }
  };
  const press = () => (running_calls > 0 ? setAsking(true) : void restart());
  useIntent('servers', name, ({ act }) => {
    if (act === 'restart') press();
    return act === 'restart';
  });
  return (
    <>
      <Button size="sm" icon={<RotateCw size={14} aria-hidden />} disabled={busy} onClick={press}>
        {t('servers.restart')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('servers.restart_title', { name: showInvisible(name) })}
        effects={[
          ...(running_calls > 0 ? [t('servers.calls_fail', { count: running_calls })] : []),
          t('servers.restart_effect'),
        ]}
        action={t('servers.restart')}
        onConfirm={restart}
      />
    </>
  );
}
