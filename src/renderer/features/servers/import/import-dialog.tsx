import { useCallback, useEffect, useState } from 'react';
import type { ImportPreview, Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { PROGRAM_NAMES } from '../../../../shared/model/program-names';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { RichMessage } from '../../../ui/rich-message';
import { Said } from '../../../ui/said';
import { ScrollRegion } from '../../../ui/scroll-region';
import { toast } from '../../../ui/toast';
import { groupsOf, isTakeable } from './import-groups';
import { ImportTable } from './import-table';

/** Shows what other programs have configured, and imports what is chosen. Their files are only read. */
export function ImportDialog({
  onClose,
  onImported,
}: {
  onClose(): void;
  onImported(servers: readonly Server[]): void;
}) {
  const { previewImport, importServers } = useActions();
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const look = useCallback(async () => {
    setError(null);
    try {
      const found = await previewImport();
      setPreview(found);
      setChosen(new Set(found.candidates.filter(isTakeable).map(({ id }) => id)));
    } catch (failure) {
      setError(failure);
    }
  }, [previewImport]);
  useEffect(() => void look(), [look]);

  const take = async () => {
    setBusy(true);
    setError(null);
    try {
      const servers = await importServers([...chosen]);
      toast({
        title: t('server_import.imported', { count: servers.length }),
        detail: t('server_import.imported.twice'),
      });
      onImported(servers);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Dialog open wide="very" onClose={onClose} title={t('server_import.title')} description={t('server_import.what')}>
      <div className="flex flex-col gap-4">
        {error !== null && (
          <div className="flex flex-col items-start gap-2">
            <ErrorNote error={error} />
            {!preview && (
              <Button size="sm" onClick={() => void look()}>
                {t('server_import.again')}
              </Button>
            )}
          </div>
        )}
        <ScrollRegion label={t('server_import.found')} className="h-[46vh] rounded-md border border-line">
          {preview && (
            <>
              {preview.candidates.length === 0 && (
                <p className="px-4 py-6 text-center text-ink-2">{t('server_import.none')}</p>
              )}
              <ImportTable groups={groupsOf(preview)} chosen={chosen} onChoose={setChosen} />
              <LookedAt preview={preview} />
            </>
          )}
        </ScrollRegion>
        <div className="flex items-center justify-end gap-2">
          <p className="me-auto text-ink-3 text-sm">{t('server_import.note')}</p>
          <Button onClick={onClose}>{t('server_import.cancel')}</Button>
          <Button variant="primary" disabled={busy || chosen.size === 0} onClick={() => void take()}>
            {t('server_import.import', { count: chosen.size })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Lists the files that were searched, so that nobody wonders why something is missing. */
function LookedAt({ preview: { looked_at } }: { preview: ImportPreview }) {
  if (looked_at.length === 0) return null;
  return (
    <div className="border-line border-t px-4 py-3 text-sm">
      <h3 className="mb-1 font-medium text-ink">{t('server_import.searched')}</h3>
      <ul className="flex flex-col gap-0.5 text-ink-3">
        {looked_at.map(({ source, file, found, problem }) => (
          <li key={`${source} ${file}`} className="break-words">
            <span translate="no" className="text-ink-2">
              {PROGRAM_NAMES[source]}
            </span>{' '}
            <LookedAtFile file={file} found={found} problem={problem} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function LookedAtFile({
  file,
  found,
  problem,
}: Pick<ImportPreview['looked_at'][number], 'file' | 'found' | 'problem'>) {
  const shown = (
    <code key="file" translate="no" className="break-all font-mono text-xs">
      {file}
    </code>
  );
  if (problem === '') return found ? shown : <RichMessage id="server_import.not_found" values={{ file: shown }} />;
  return (
    <RichMessage
      id="server_import.unreadable"
      values={{
        file: shown,
        why: <Said key="why" text={problem} />,
        problem: (text) => <span className="text-disconnected">{text}</span>,
      }}
    />
  );
}
