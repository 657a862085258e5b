import { useCallback, useEffect, useState } from 'react';
import type { FoundClient, KeyToSet, KeyWay, PlannedConnection } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { toast } from '../../../ui/toast';
import { Difference } from './difference';
import { KeyPlace } from './key-place';
import { ServersDialog } from './servers-dialog';

export interface ChangeDialogProps {
  client: FoundClient;
  what: 'apply' | 'renew' | 'undo';
  onClose(): void;
}

/** Shows exactly what changes in a program's file, and does it. After connecting it says what to do next, and waits. */
export function ChangeDialog({ client, what, onClose }: ChangeDialogProps) {
  const { previewConnection, changeConnection } = useActions();
  const { id, name } = client;
  const [planned, setPlanned] = useState<PlannedConnection | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isWritten, setWritten] = useState(false);
  const [way, setWay] = useState<KeyWay | undefined>();
  // The key is here and disappears with the dialog.
  const [toSet, setToSet] = useState<KeyToSet | null>(null);

  const look = useCallback(async () => {
    setError(null);
    try {
      setPlanned(await previewConnection({ id, what, key: way }));
    } catch (failure) {
      setError(failure);
    }
  }, [previewConnection, id, what, way]);
  useEffect(() => void look(), [look]);

  const carryOut = async () => {
    if (planned === null) return;
    setBusy(true);
    setError(null);
    try {
      const to_set = await changeConnection(what, { id, fingerprint: planned.fingerprint, key: way });
      if (what !== 'undo') {
        setToSet(to_set);
        setWritten(true);
      } else {
        toast({ title: t('connect.undone', { name }) });
        onClose();
      }
    } catch (failure) {
      setError(failure);
      // What was shown is out of date in every case.
      setPlanned(null);
    } finally {
      setBusy(false);
    }
  };

  if (isWritten) {
    const title = t('connect.written.title', { name });
    return (
      <ServersDialog client={client} title={title} close={t('connect.written.done')} toSet={toSet} onClose={onClose} />
    );
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t(`connect.change.${what}_title`, { name })}
      description={t(`connect.change.${what}_about`, { name })}
      footer={
        <>
          <Button onClick={onClose}>{t('connect.change.cancel')}</Button>
          {error === null ? (
            <Button variant="primary" disabled={busy || planned === null} onClick={() => void carryOut()}>
              {t(`connect.change.${what}`)}
            </Button>
          ) : (
            <Button variant="primary" onClick={() => void look()}>
              {t('connect.change.again')}
            </Button>
          )}
        </>
      }
    >
      {/* As high as most changes are, so that nothing jumps when the file has been read. */}
      <div className="flex min-h-56 flex-col gap-3">
        {error !== null && (
          <div translate="no">
            <ErrorNote error={error} />
          </div>
        )}
        {planned !== null && what !== 'undo' && (
          <KeyPlace planned={planned} name={name} onChange={what === 'apply' ? setWay : undefined} />
        )}
        {planned !== null && <Difference planned={planned} />}
        {planned === null && error === null && <p className="text-ink-3">{t('connect.change.reading')}</p>}
      </div>
    </Dialog>
  );
}
