import { useState } from 'react';
import type { Client } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { ConfirmDialog } from '../../ui/dialog';
import { ChangeDialog } from './found/change-dialog';
import type { FreshClient } from './new-client';

export interface RenewKeyProps {
  /** Null while nobody asks. */
  client: Client | null;
  onClose(): void;
  /** Shows a key that stands nowhere else. Not called when it was written into the client's file. */
  onRenewed(fresh: FreshClient): void;
}

/** Asks before a client gets a new key: written into its file where Holdfast knows that, otherwise shown once. */
export function RenewKey({ client, onClose, onRenewed }: RenewKeyProps) {
  const { renewKey } = useActions();
  const found = useHoldfast((state) =>
    client === null ? undefined : state.found?.find(({ client_id }) => client_id === client.client_id),
  );
  // The dialog keeps its text while it fades out.
  const [last, setLast] = useState(client);
  if (client && client !== last) setLast(client);
  if (client && found) return <ChangeDialog client={found} what="renew" onClose={onClose} />;
  const renew = async () => {
    if (!client) return;
    const { client_id, client_key } = await renewKey(client.client_id);
    onRenewed({ id: client_id, key: client_key, name: client.name, type: client.type, isRenewed: true });
  };
  return (
    <ConfirmDialog
      open={client !== null}
      onClose={onClose}
      title={t('connect.renew.title', { name: last?.name ?? '' })}
      effects={[t('connect.renew.shown'), t('connect.renew.old'), t('connect.renew.running')]}
      action={t('connect.renew.action')}
      onConfirm={renew}
    />
  );
}
