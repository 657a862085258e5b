import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { FoundClient, PlannedConnection } from '../../../../shared/contract/connect';
import type { ImportCandidate, Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { routeHash } from '../../../store/route';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { ErrorNote } from '../../../ui/error-note';
import { RichMessage } from '../../../ui/rich-message';
import { ScrollRegion } from '../../../ui/scroll-region';
import { groupsOf, isTakeable } from '../../servers/import/import-groups';
import { ImportTable } from '../../servers/import/import-table';
import { Difference } from './difference';

/**
 * A program's own servers: which of them can run behind Holdfast, and, once they do, how they come out of its file. Nothing
 * happens without a click, and each change of the file is shown first.
 */
export function ServersAlong({ client }: { client: FoundClient }) {
  const { id, name, taken } = client;
  const { previewImport, importServers, previewConnection, changeConnection } = useActions();
  const [candidates, setCandidates] = useState<readonly ImportCandidate[] | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [imported, setImported] = useState<readonly Server[]>([]);
  const [off, setOff] = useState<PlannedConnection | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const look = useCallback(async () => {
    const preview = await previewImport();
    const own = preview.candidates.filter(({ source, verdict }) => source === id && verdict !== 'holdfast');
    const planned = own.length === 0 ? null : await previewConnection({ id, what: 'switch_off' });
    setCandidates(own);
    setChosen(new Set(own.filter(isTakeable).map((candidate) => candidate.id)));
    setOff(planned);
  }, [previewImport, previewConnection, id]);
  const attempt = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }, []);
  useEffect(() => void attempt(look), [attempt, look]);

  const take = () =>
    attempt(async () => {
      setImported(await importServers([...chosen]));
      await look();
    });
  const switchOff = () =>
    attempt(async () => {
      if (off === null) return;
      try {
        await changeConnection('switch_off', { id, fingerprint: off.fingerprint });
      } finally {
        await look();
      }
    });

  const waiting = imported.filter(({ trusted }) => !trusted).length;
  const takeable = candidates?.filter(isTakeable) ?? [];
  return (
    <section aria-label={t('connect.servers.list', { name })} className="flex flex-col gap-3">
      <h3 className="font-semibold text-ink">{t('connect.servers.title')}</h3>
      {error !== null && (
        <div translate="no">
          <ErrorNote error={error} />
        </div>
      )}
      {candidates === null && error === null && <p className="text-ink-3">{t('connect.servers.looking', { name })}</p>}
      {candidates?.length === 0 && taken.length === 0 && (
        <p className="text-ink-2">{t('connect.servers.none', { name })}</p>
      )}
      {imported.length > 0 && (
        <p role="status" className="text-ink-2">
          {t('connect.servers.taken', { count: imported.length })}
        </p>
      )}
      {waiting > 0 && (
        <p className="text-disconnected">
          {t('connect.servers.review', { count: waiting })}{' '}
          <a
            href={routeHash({ view: 'servers', id: null, params: {} })}
            className="rounded font-medium text-accent hover:underline"
          >
            {t('connect.servers.review_link')}
          </a>
        </p>
      )}
      {takeable.length > 0 && (
        <>
          <p className="text-ink-2">{t('connect.servers.offer', { name })}</p>
          <ScrollRegion
            label={t('connect.servers.list', { name })}
            className="max-h-[36vh] rounded-md border border-line"
          >
            <ImportTable
              groups={groupsOf({ candidates: takeable, looked_at: [] })}
              chosen={chosen}
              onChoose={setChosen}
            />
          </ScrollRegion>
          <div>
            <Button variant="primary" disabled={busy || chosen.size === 0} onClick={() => void take()}>
              {t('connect.servers.take', { count: chosen.size })}
            </Button>
          </div>
        </>
      )}
      {off !== null && off.entries.length > 0 && (
        <>
          <p className="text-ink-2">
            <RichMessage id="connect.servers.twice" values={namesOf(name, off.entries)} />
          </p>
          <Difference planned={off} />
          <div>
            <Button disabled={busy} onClick={() => void switchOff()}>
              {t('connect.servers.switch_off')}
            </Button>
          </div>
        </>
      )}
      {taken.length > 0 && (
        <p className="text-ink-2">
          <RichMessage id="connect.servers.off" values={namesOf(name, taken)} />
        </p>
      )}
    </section>
  );
}

/** Names of servers are no words of a language. */
const namesOf = (name: string, entries: readonly string[]) => ({
  name,
  entries: entries.join(', '),
  names: (chunks: ReactNode) => (
    <span translate="no" className="break-words font-medium text-ink">
      {chunks}
    </span>
  ),
});
