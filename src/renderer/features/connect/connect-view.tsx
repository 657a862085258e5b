import { useCallback, useRef, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';
import { ErrorNote } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { ScrollRegion } from '../../ui/scroll-region';
import { ClientList } from './client-list';
import { FoundClients } from './found/found-clients';
import { FreshKey } from './fresh-key';
import { type FreshClient, NewClient } from './new-client';

/** Gives a client its key and shows every client that has one. */
export function ConnectView() {
  const { loadApp, loadClients } = useActions();
  // The key lives here and disappears with the view; coming back does not show it again.
  const [fresh, setFresh] = useState<FreshClient | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const turn = (next: FreshClient | null) => {
    setFresh(next);
    body.current?.focus();
  };
  const error = useRefresh(
    useCallback(async () => {
      await Promise.all([loadApp(), loadClients()]);
    }, [loadApp, loadClients]),
  );
  return (
    <ScrollRegion label={t('connect.view')} className="h-full">
      <div className="mx-auto flex max-w-6xl flex-col gap-4 px-5 py-4">
        <Endpoint />
        {error !== null && <ErrorNote error={error} />}
        <FoundClients />
        <Card
          title={
            fresh
              ? t(fresh.isRenewed ? 'connect.renewed' : 'connect.fresh', { name: fresh.name })
              : t('connect.another')
          }
        >
          {/* The focused element is gone when the card turns, so the card takes the focus and Tab continues from here. */}
          <div ref={body} tabIndex={-1} className="outline-none">
            {fresh ? <FreshKey client={fresh} onDone={() => turn(null)} /> : <NewClient onCreated={turn} />}
          </div>
        </Card>
        <ClientList onRenewed={turn} />
      </div>
    </ScrollRegion>
  );
}

/** The one address that every client connects to. */
function Endpoint() {
  const url = useHoldfast((state) => (state.app ? `${state.app.url}/mcp` : null));
  return (
    <p className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
      <RichMessage
        id="connect.endpoint"
        values={{
          url: () =>
            url && (
              <span key="url" className="inline-flex items-center gap-x-2">
                <code translate="no" className="rounded bg-sunken px-1.5 py-0.5 font-mono text-ink text-sm">
                  {url}
                </code>
                <CopyButton text={url} label={t('connect.copy_address')} iconOnly />
              </span>
            ),
        }}
      />
    </p>
  );
}
