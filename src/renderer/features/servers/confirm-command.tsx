import { useState } from 'react';
import type { Server } from '../../../shared/contract/server';
import { formatNumber } from '../../format/number';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { CommandShown } from './command-shown';

export const confirmTitle = (name: string): string => `May Holdfast run this for ${name}?`;
export const CONFIRM_DESCRIPTION = 'It runs with your permissions, so read all of it.';

/** Asks for one server after another whether its command may run. Closing the dialog decides nothing. */
export function ConfirmCommand({ names, onClose }: { names: readonly string[]; onClose(): void }) {
  const [at, setAt] = useState(0);
  const name = names[at];
  const server = useHoldfast((state) => state.servers?.servers.find((one) => one.name === name) ?? null);
  if (!server) return null;
  const next = () => (at + 1 < names.length ? setAt(at + 1) : onClose());
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={confirmTitle(server.name)}
      description={
        names.length > 1
          ? `Command ${formatNumber(at + 1)} of ${formatNumber(names.length)}. ${CONFIRM_DESCRIPTION}`
          : CONFIRM_DESCRIPTION
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
      <CommandShown command={server} />
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
          Run this
        </Button>
      </div>
    </div>
  );
}
