import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { formatCount } from '../../format/number';
import { useActions } from '../../store/use-holdfast';
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
      toast({ title: `${name} is restarting` });
    } catch (error) {
      toastError(`Could not restart ${name}`, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        size="sm"
        icon={<RotateCw size={14} aria-hidden />}
        disabled={busy}
        onClick={() => (running_calls > 0 ? setAsking(true) : void restart())}
      >
        Restart
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Restart ${showInvisible(name)}?`}
        effects={[
          `${formatCount(running_calls, 'running call')} will fail.`,
          'Its processes start anew, and what they kept in memory is lost.',
        ]}
        action="Restart"
        onConfirm={restart}
      />
    </>
  );
}
