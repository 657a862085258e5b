import { Square } from 'lucide-react';
import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { t } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/dialog';
import { toast } from '../../ui/toast';

interface StopButtonProps {
  server: Server;
  onStopped(): void;
}

/** Ends what runs of a server until it is used again. Says before what that means. */
export function StopButton({ server: { name, running_calls }, onStopped }: StopButtonProps) {
  const { stopServer } = useActions();
  const [asking, setAsking] = useState(false);
  const calls = running_calls > 0 ? [t('servers.calls_fail', { count: running_calls })] : [];
  useIntent('servers', name, ({ act }) => {
    if (act === 'stop') setAsking(true);
    return act === 'stop';
  });
  return (
    <>
      <Button size="sm" icon={<Square size={14} aria-hidden />} onClick={() => setAsking(true)}>
        {t('servers.stop')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('servers.stop_title', { name: showInvisible(name) })}
        effects={[...calls, t('servers.stop_memory'), t('servers.stop_next'), t('servers.stop_off')]}
        action={t('servers.stop')}
        onConfirm={async () => {
          await stopServer(name);
          toast({ title: t('servers.stopped', { name }) });
          onStopped();
        }}
      />
    </>
  );
}
