import { useEffect, useState } from 'react';
import type { IssuedToken, Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { sessionName } from '../../../format/words';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { CopyButton } from '../../../ui/copy-button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';

/**
 * Issues a reconnect token and shows it once. The value lives in this component's state while the dialog is open and
 * nowhere else: the store never sees it.
 */
export function IssueTokenDialog({ session, open, onClose }: { session: Session; open: boolean; onClose(): void }) {
  const { issueToken } = useActions();
  const [issued, setIssued] = useState<IssuedToken | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (open) return;
    setIssued(null);
    setError(null);
  }, [open]);

  const issue = async () => {
    setBusy(true);
    setError(null);
    try {
      setIssued(await issueToken(session.session_id));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('session.token.title', { name: sessionName(session) })}
      description={t('session.token.text')}
    >
      {issued ? (
        <>
          <p className="mb-1 text-ink-2 text-sm">
            {t('session.token.shown_once', { minutes: issued.expires_in_minutes })}
          </p>
          <code
            data-secret
            translate="no"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must be reachable by keyboard, to scroll and select it
            tabIndex={0}
            className="scroll-area block max-h-40 select-all break-all rounded-md border border-line bg-sunken p-3 font-mono text-xs"
          >
            {issued.reconnect_token}
          </code>
          <div className="mt-4 flex justify-end gap-2">
            <CopyButton text={issued.reconnect_token} label={t('session.token.copy')} variant="primary" />
            <Button size="sm" onClick={onClose}>
              {t('ui.done')}
            </Button>
          </div>
        </>
      ) : (
        <>
          {error !== null && <ErrorNote error={error} className="mb-3" />}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button variant="primary" disabled={busy} onClick={() => void issue()}>
              {t('session.token')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
