import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { isTakeable } from '../servers/import/import-groups';

const ImportDialog = lazy(async () => ({
  default: (await import('../servers/import/import-dialog')).ImportDialog,
}));

/** How many servers other programs have, and the way to take them over. */
export function OwnServers() {
  const { previewImport } = useActions();
  const here = useHoldfast((state) => state.servers?.servers.length ?? 0);
  const unconfirmed = useHoldfast(
    ({ servers }) =>
      servers?.servers.filter(({ enabled, trusted, state }) => enabled && !trusted && state !== 'broken').length ?? 0,
  );
  const [found, setFound] = useState<number | null>(null);
  const [isOpen, setOpen] = useState(false);
  const look = useCallback(async () => {
    const { candidates } = await previewImport();
    setFound(candidates.filter(isTakeable).length);
  }, [previewImport]);
  // What was taken over meanwhile, here or in another place, is no longer to be taken.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again when the number of servers changes
  useEffect(() => void look().catch(() => setFound(0)), [look, here]);
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2 text-ink-2 text-sm">
      <p className="min-w-0 flex-1 basis-64">
        {here > 0 && t('first_run.servers.here', { count: here })}{' '}
        {found !== null && found > 0 && t('first_run.servers.found', { count: found })}
        {found === 0 && here === 0 && t('first_run.servers.none')}
        {unconfirmed > 0 && (
          <span className="block">
            {t('connect.servers.review', { count: unconfirmed })}{' '}
            <a
              href={routeHash({ view: 'servers', id: null, params: {} })}
              className="rounded font-medium text-accent hover:underline"
            >
              {t('connect.servers.review_link')}
            </a>
          </span>
        )}
      </p>
      {found !== null && found > 0 && <Button onClick={() => setOpen(true)}>{t('first_run.servers.choose')}</Button>}
      {isOpen && (
        <Suspense fallback={null}>
          <ImportDialog onClose={() => setOpen(false)} onImported={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
