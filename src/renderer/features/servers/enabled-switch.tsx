import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { Switch } from '../../ui/switch';
import { toastError } from '../../ui/toast';

/** Switches a server on and off. */
export function EnabledSwitch({ server: { name, enabled, state } }: { server: Server }) {
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
