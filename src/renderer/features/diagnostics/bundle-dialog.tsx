import { useEffect, useState } from 'react';
import type { BundleFile, BundleScope, PreparedBundle } from '../../../shared/contract/bundle';
import { t } from '../../../shared/messages/language';
import { visible } from '../../../shared/visible-text';
import { formatBytes } from '../../format/number';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { saveFile } from '../../ui/save-file';
import { ScrollRegion } from '../../ui/scroll-region';

/** More of a file is not shown: the page would stand still. */
const MOST_SHOWN = 200_000;

export interface BundleDialogProps {
  /** What it is about: the same object while the dialog is open. Empty for what happened lately. */
  scope: BundleScope;
  onClose(): void;
}

/** What happened within the last day. */
export const LATELY: BundleScope = {};

function aboutOf({ session_id, from }: BundleScope) {
  if (from !== undefined) return 'bundle.about.moment';
  return session_id === undefined ? 'bundle.about.all' : 'bundle.about.session';
}

/** Shows what a diagnosis bundle holds, each file on request, before it is saved. */
export function BundleDialog({ scope, onClose }: BundleDialogProps) {
  const { prepareBundle, loadBundle, loadBundleFile } = useActions();
  const [bundle, setBundle] = useState<PreparedBundle | null>(null);
  const [shown, setShown] = useState<{ name: string; text: string } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    let ended = false;
    prepareBundle(scope).then(
      (prepared) => !ended && setBundle(prepared),
      (failure: unknown) => !ended && setError(failure),
    );
    return () => {
      ended = true;
    };
  }, [prepareBundle, scope]);

  const attempt = async (work: (of: PreparedBundle) => Promise<void>) => {
    if (bundle === null) return;
    setBusy(true);
    setError(null);
    try {
      await work(bundle);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const show = (name: string) =>
    attempt(async ({ bundle_id }) => setShown({ name, text: await loadBundleFile(bundle_id, name) }));
  const save = () =>
    attempt(async ({ bundle_id, file_name }) => {
      saveFile(file_name, await loadBundle(bundle_id));
      onClose();
    });

  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('bundle.title')}
      description={t(aboutOf(scope))}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button variant="primary" disabled={bundle === null || isBusy} onClick={() => void save()}>
            {bundle === null ? t('bundle.preparing') : t('bundle.save', { size: formatBytes(bundle.bytes) })}
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNote error={error} className="mb-3" />}
      <div className="min-h-80">
        {shown !== null && (
          <>
            <Button size="sm" onClick={() => setShown(null)}>
              {t('bundle.back')}
            </Button>
            <ScrollRegion
              label={t('bundle.text', { name: shown.name })}
              className="mt-2 h-80 rounded border border-line"
            >
              <pre translate="no" className="whitespace-pre-wrap break-words p-3 font-mono text-ink-2 text-xs">
                {visible(shown.text.slice(0, MOST_SHOWN))}
                {shown.text.length > MOST_SHOWN && '…'}
              </pre>
            </ScrollRegion>
          </>
        )}
        {shown === null && bundle !== null && <FileList files={bundle.files} onShow={(name) => void show(name)} />}
      </div>
      <p className="mt-3 text-ink-2 text-sm">{t('bundle.left_out')}</p>
    </Dialog>
  );
}

function FileList({ files, onShow }: { files: readonly BundleFile[]; onShow(name: string): void }) {
  return (
    <ul aria-label={t('bundle.files')} className="flex flex-col">
      {files.map(({ name, kind, bytes, is_cut }) => (
        <li
          key={name}
          className="grid grid-cols-[10rem_1fr_5rem] items-baseline gap-x-3 border-line border-b py-1 text-sm last:border-b-0"
        >
          <button
            type="button"
            translate="no"
            aria-label={t('bundle.show', { name })}
            onClick={() => onShow(name)}
            className="truncate rounded text-start text-accent hover:underline"
          >
            {name}
          </button>
          <span className="text-ink-2">
            {t(`bundle.file.${kind}`)}
            {is_cut && ` (${t('bundle.cut')})`}
          </span>
          <span className="text-end text-ink-2 tabular-nums">{formatBytes(bytes)}</span>
        </li>
      ))}
    </ul>
  );
}
