import { ClipboardCopy, PackageOpen } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Diagnostics } from '../../../shared/contract/diagnostics';
import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { useRefresh } from '../../store/use-refresh';
import { Button } from '../../ui/button';
import { copyText } from '../../ui/copy-text';
import { ErrorNote } from '../../ui/error-note';
import { ScrollRegion } from '../../ui/scroll-region';
import { toast, toastError } from '../../ui/toast';
import { BundleDialog, LATELY } from './bundle-dialog';
import { ChecksCard } from './checks-card';
import { CrashesCard } from './crashes-card';
import { FactsCard, PlacesCard } from './facts-cards';
import { LogCard } from './log-card';

/** How Holdfast itself is: the doctor's checks, where things are, crashes and the log, and all of it to copy. */
export function DiagnosticsView() {
  const { loadDiagnostics } = useActions();
  const [facts, setFacts] = useState<Diagnostics | null>(null);
  const load = useCallback(async () => setFacts(await loadDiagnostics()), [loadDiagnostics]);
  const error = useRefresh(load);
  const [isBundling, setBundling] = useState(false);
  useIntent('diagnostics', null, ({ act }) => {
    if (act === 'bundle') setBundling(true);
    return act === 'bundle';
  });
  return (
    <ScrollRegion label={t('diagnostics.label')} className="h-full">
      <div className="mx-auto flex max-w-6xl flex-col gap-4 px-5 py-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="min-w-0 basis-full text-ink-2 min-[1000px]:flex-1 min-[1000px]:basis-0">
            {t('diagnostics.stays')}
          </p>
          <Button icon={<PackageOpen size={15} aria-hidden />} onClick={() => setBundling(true)}>
            {t('bundle.ask')}
          </Button>
          <CopyDiagnosis />
        </div>
        {error !== null && <ErrorNote error={error} />}
        <ChecksCard />
        <div className="grid grid-cols-1 gap-4 min-[1100px]:grid-cols-2">
          <FactsCard facts={facts} />
          <PlacesCard facts={facts} />
        </div>
        <CrashesCard crashes={facts?.crashes ?? null} />
        <LogCard />
      </div>
      {isBundling && <BundleDialog scope={LATELY} onClose={() => setBundling(false)} />}
    </ScrollRegion>
  );
}

function CopyDiagnosis() {
  const { loadDiagnosis } = useActions();
  const [busy, setBusy] = useState(false);
  const copy = async () => {
    setBusy(true);
    try {
      if (await copyText(await loadDiagnosis()))
        toast({ title: t('diagnostics.copied'), detail: t('diagnostics.copied_detail') });
      else toast({ title: t('diagnostics.clipboard'), detail: t('diagnostics.clipboard_detail') });
    } catch (error) {
      toastError(t('diagnostics.copy_failed'), error);
    } finally {
      setBusy(false);
    }
  };
  useIntent('diagnostics', null, ({ act }) => {
    if (act === 'copy') void copy();
    return act === 'copy';
  });
  return (
    <Button
      variant="primary"
      icon={<ClipboardCopy size={15} aria-hidden />}
      disabled={busy}
      onClick={() => void copy()}
    >
      {t('diagnostics.copy')}
    </Button>
  );
}
