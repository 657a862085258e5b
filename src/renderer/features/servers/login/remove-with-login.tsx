import { useState } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { showInvisible } from '../../../../shared/visible-text';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';

export interface RemoveWithLoginProps {
  server: Server;
  /** Removes it; says by itself how that went. */
  onRemove(logOut: boolean): Promise<void>;
  onClose(): void;
}

/** Asks what becomes of the login of a server that is removed. */
export function RemoveWithLogin({ server: { name, login }, onRemove, onClose }: RemoveWithLoginProps) {
  const [busy, setBusy] = useState(false);
  const shown = showInvisible(name);
  const who = login.account === null ? '' : ` as ${showInvisible(login.account)}`;
  const where = login.host === null ? '' : ` at ${login.host}`;
  const remove = async (logOut: boolean) => {
    setBusy(true);
    await onRemove(logOut);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={`Remove ${shown}?`} description={`You are logged in to it${who}${where}.`}>
      <dl className="flex flex-col gap-2 break-words text-sm">
        <div>
          <dt className="font-medium text-ink">Log out and remove</dt>
          <dd className="text-ink-2">
            Its tokens are revoked{where} where that is possible, and forgotten here. Undo brings the server back; it
            then needs a login.
          </dd>
        </div>
        <div>
          <dt className="font-medium text-ink">Keep the login</dt>
          <dd className="text-ink-2">
            Its tokens stay valid and are kept until Holdfast ends. Undo brings the server back logged in.
          </dd>
        </div>
      </dl>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button disabled={busy} onClick={() => void remove(false)}>
          Remove, keep the login
        </Button>
        <Button variant="danger" disabled={busy} onClick={() => void remove(true)}>
          {busy ? 'Removing…' : 'Log out and remove'}
        </Button>
      </div>
    </Dialog>
  );
}
