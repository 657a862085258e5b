import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { formatCount } from '../../format/number';
import { useActions } from '../../store/use-holdfast';
import { ConfirmDialog } from '../../ui/dialog';
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
        const detail = 'Stopped for all sessions, and hidden from clients.';
        toast({ title: `${name} is off`, detail, undo: () => void change(true) });
      }
    } catch (error) {
      toastError(`Could not turn ${name} ${next ? 'on' : 'off'}`, error);
    } finally {
      setWanted(null);
    }
  };
  return (
    <>
      <Switch
        label={
          <>
            {(wanted ?? enabled) ? 'On' : 'Off'}
            <span className="sr-only">, {showInvisible(name)}</span>
          </>
        }
        checked={wanted ?? enabled}
        disabled={wanted !== null || state === 'broken'}
        onChange={(next) => (!next && running_calls > 0 ? setAsking(true) : void change(next))}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Turn ${showInvisible(name)} off?`}
        effects={[
          `${formatCount(running_calls, 'running call')} will fail.`,
          'All sessions lose this server until you turn it on again.',
        ]}
        action="Turn off"
        danger
        onConfirm={() => change(false)}
      />
    </>
  );
}
