import { useEffect, useState } from 'react';
import type { ConnectLink, FoundClient } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import type { LinkedClient } from '../../../../shared/model/client-link';
import { useActions } from '../../../store/use-holdfast';
import { BrowserLink, Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { SnippetBox } from '../snippet-box';
import { Written } from './written';

/** The programs that add Holdfast themselves when a link is opened. */
export const isLinked = (id: FoundClient['id']): id is LinkedClient => id === 'cursor' || id === 'vscode';

export interface LinkDialogProps {
  client: FoundClient;
  id: LinkedClient;
  onClose(): void;
}

/** Gives a program its key and a link that opens it, and waits for its first visit. The key is gone when it is closed. */
export function LinkDialog({ client, id, onClose }: LinkDialogProps) {
  const { makeConnectLink } = useActions();
  const { name } = client;
  const [made, setMade] = useState<ConnectLink | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let isShown = true;
    makeConnectLink(id).then(
      (link) => isShown && setMade(link),
      (failure: unknown) => isShown && setError(failure),
    );
    return () => {
      isShown = false;
    };
  }, [makeConnectLink, id]);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('connect.link.title', { name })}
      description={t('connect.link.about', { name })}
      footer={
        <>
          <Button onClick={onClose}>{t('connect.written.done')}</Button>
          {made !== null && <BrowserLink href={made.link}>{t('connect.link.open', { name })}</BrowserLink>}
        </>
      }
    >
      <div className="flex min-h-56 flex-col gap-4">
        {error !== null && (
          <div translate="no">
            <ErrorNote error={error} />
          </div>
        )}
        {made !== null && (
          <SnippetBox
            snippet={
              made.variable === null
                ? {
                    text: made.key,
                    place: t('connect.link.question', { name }),
                    note: t('connect.link.asks', { name }),
                  }
                : {
                    text: `export ${made.variable}=${made.key}`,
                    place: t('connect.to_set.place'),
                    note: t('connect.to_set.note', { name }),
                  }
            }
            secret={made.key}
          />
        )}
        {made !== null && <Written client={client} />}
      </div>
    </Dialog>
  );
}
