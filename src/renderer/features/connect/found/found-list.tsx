import { useMemo, useRef, useState } from 'react';
import type { FoundClient } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { useHoldfast } from '../../../store/use-holdfast';
import { ErrorNote } from '../../../ui/error-note';
import { ChangeDialog } from './change-dialog';
import { FoundRow } from './found-row';
import { latestByClient } from './latest-session';
import { isLinked, LinkDialog } from './link-dialog';
import { ServersDialog } from './servers-dialog';
import { useFound } from './use-found';

/** What was asked for: a program, and what is to be done with its file. */
interface Wish {
  readonly id: FoundClient['id'];
  readonly what: 'apply' | 'undo' | 'servers' | 'link';
}

/** The programs of this machine that Holdfast connects by itself, how each of them stands, and what each of them asks. */
export function FoundList() {
  const error = useFound();
  const found = useHoldfast((state) => state.found);
  const sessions = useHoldfast((state) => state.sessions);
  const latest = useMemo(() => latestByClient(sessions.values()), [sessions]);
  const [wish, setWish] = useState<Wish | null>(null);
  const rows = useRef<HTMLUListElement>(null);
  const present = found?.filter(({ state }) => state !== 'not_found') ?? [];
  const absent = found?.filter(({ state }) => state === 'not_found') ?? [];
  const wished = present.find(({ id }) => id === wish?.id) ?? null;
  const close = () => {
    setWish(null);
    // The button that opened the dialog may be another one by now.
    rows.current?.querySelector<HTMLElement>(`[data-found="${wish?.id}"] button`)?.focus();
  };
  return (
    <>
      {error !== null && <ErrorNote error={error} className="m-4" />}
      {found !== null && present.length === 0 && <p className="px-4 py-3 text-ink-2">{t('connect.found.none')}</p>}
      <ul ref={rows} className="divide-y divide-line">
        {present.map((client) => (
          <FoundRow
            key={client.id}
            client={client}
            session={client.client_id === null ? null : (latest.get(client.client_id) ?? null)}
            onAsk={(what) => setWish({ id: client.id, what })}
          />
        ))}
      </ul>
      {absent.length > 0 && (
        <p className="border-line border-t px-4 py-3 text-ink-3 text-sm">
          {t('connect.found.absent', { names: absent.map(({ name }) => name).join(', ') })}
        </p>
      )}
      {wish !== null &&
        wished !== null &&
        (wish.what === 'servers' ? (
          <ServersDialog
            client={wished}
            title={t('connect.servers.list', { name: wished.name })}
            close={t('connect.servers.close')}
            onClose={close}
          />
        ) : wish.what === 'link' ? (
          isLinked(wished.id) && <LinkDialog client={wished} id={wished.id} onClose={close} />
        ) : (
          <ChangeDialog key={wish.what} client={wished} what={wish.what} onClose={close} />
        ))}
    </>
  );
}
