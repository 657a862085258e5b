import { useState } from 'react';
import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
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
  const loggedIn = t('login.remove.logged_in', {
    who: login.account === null ? 'no' : 'yes',
    account: showInvisible(login.account ?? ''),
    where: login.host === null ? 'no' : 'yes',
    host: login.host ?? '',
  });
  const remove = async (logOut: boolean) => {
    setBusy(true);
    await onRemove(logOut);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('login.remove.title', { name: shown })} description={loggedIn}>
      <dl className="flex flex-col gap-2 break-words text-sm">
        <div>
          <dt className="font-medium text-ink">{t('login.remove.log_out')}</dt>
          <dd className="text-ink-2">
            {login.host === null
              ? t('login.remove.log_out_note')
              : t('login.remove.log_out_note_at', { host: login.host })}
          </dd>
        </div>
        <div>
          <dt className="font-medium text-ink">{t('login.remove.keep')}</dt>
          <dd className="text-ink-2">{t('login.remove.keep_note')}</dd>
        </div>
      </dl>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('login.remove.cancel')}</Button>
        <Button disabled={busy} onClick={() => void remove(false)}>
          {t('login.remove.remove')}
        </Button>
        <Button variant="danger" disabled={busy} onClick={() => void remove(true)}>
          {t(busy ? 'login.remove.removing' : 'login.remove.log_out')}
        </Button>
      </div>
    </Dialog>
  );
}
