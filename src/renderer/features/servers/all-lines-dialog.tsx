import { useCallback, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { CopyButton } from '../../ui/copy-button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { OutputLines } from './output-lines';

const PACE: Pace = { afterEvents: SECOND, anyway: 2 * SECOND, isNews: ({ kind }) => kind.startsWith('server_') };

/** The newest lines of a server's output, up to the 500 that are kept, updated live. */
export function AllLinesDialog({ name, onClose }: { name: string; onClose(): void }) {
  const { loadStderr } = useActions();
  const [lines, setLines] = useState<readonly string[] | null>(null);
  const load = useCallback(async () => {
    const next = await loadStderr(name);
    setLines((before) => (before?.join('\n') === next.join('\n') ? before : next));
  }, [loadStderr, name]);
  const error = useRefresh(load, PACE);
  return (
    <Dialog open wide onClose={onClose} title={t('servers.output.of', { name })} description={t('servers.output.what')}>
      <div className="flex flex-col gap-3">
        {error !== null && <ErrorNote error={error} />}
        {lines === null ? (
          <div className="h-[50vh]" />
        ) : (
          <OutputLines label={t('servers.output.all_of', { name })} lines={lines} className="h-[50vh]" />
        )}
        <div className="flex justify-end">
          <CopyButton text={lines?.join('\n') ?? ''} label={t('servers.output.copy')} />
        </div>
      </div>
    </Dialog>
  );
}
