import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { formatNumber } from '../../format/number';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { AddressShown, CommandShown } from './command-shown';

export const confirmTitle = (name: string): string => `May Holdfast run this for ${name}?`;
export const CONFIRM_DESCRIPTION = 'It runs with your permissions, so read all of it.';
const ADDRESS_DESCRIPTION = 'Its address gets the values below, so check that it is the right one.';

/** Asks for one server after another whether its command may run, or its address may be sent what is kept here. Closing the dialog decides nothing. */
export function ConfirmCommand({ names, onClose }: { names: readonly string[]; onClose(): void }) {
  const [at, setAt] = useState(0);
  const name = names[at];
  const server = useHoldfast((state) => state.servers?.servers.find((one) => one.name === name) ?? null);
  if (!server) return null;
  const next = () => (at + 1 < names.length ? setAt(at + 1) : onClose());
  const isWeb = server.transport === 'http';
  const description = isWeb ? ADDRESS_DESCRIPTION : CONFIRM_DESCRIPTION;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={isWeb ? `May Holdfast connect ${server.name}?` : confirmTitle(server.name)}
      description={
        names.length > 1
          ? `Server ${formatNumber(at + 1)} of ${formatNumber(names.length)}. ${description}`
          : description
      }
    >
      <CommandToConfirm key={server.fingerprint} server={server} onDecided={next} />
    </Dialog>
  );
}

function CommandToConfirm({ server, onDecided }: { server: Server; onDecided(): void }) {
  const { trustServer, setServerEnabled, loadServers } = useActions();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const decide = async (decision: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await decision();
      onDecided();
    } catch (failure) {
      setError(failure);
      // The command may have changed in the meantime: show what it is now.
      await loadServers().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      {server.transport === 'http' ? <AddressShown server={server} /> : <CommandShown command={server} />}
      {server.changed_since_confirmed.length > 0 && (
        <p className="text-sm">
          Changed since you last confirmed it:{' '}
          <strong>{server.changed_since_confirmed.map(showInvisible).join(', ')}</strong>
        </p>
      )}
      {error !== null && <ErrorNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button disabled={busy} onClick={() => void decide(() => setServerEnabled(server.name, false))}>
          Leave it off
        </Button>
        <Button
          variant="primary"
          disabled={busy}
          onClick={() => void decide(() => trustServer(server.name, server.fingerprint))}
        >
          {server.transport === 'http' ? 'Connect' : 'Run this'}
        </Button>
      </div>
    </div>
  );
}
