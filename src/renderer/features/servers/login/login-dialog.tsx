import { ExternalLink } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LoginBegun } from '../../../../shared/contract/login';
import type { Server } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { browserAddress } from '../../../../shared/model/browser-address';
import { showInvisible } from '../../../../shared/visible-text';
import { clockWords, heldWords, scopesAsked } from '../../../format/login-words';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { BrowserLink, Button } from '../../../ui/button';
import { CopyButton } from '../../../ui/copy-button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { Said } from '../../../ui/said';
import { toast, toastError } from '../../../ui/toast';
import { loginPhase } from './login-phase';
import { ScopeList } from './scope-list';

export interface LoginDialogProps {
  /** As it was before the login was begun. */
  server: Server;
  begun: Promise<LoginBegun>;
  /** Begins again, with the server as it is now: the dialog gets a new `begun`. */
  onAgain(server: Server): void;
  onClose(): void;
}

/**
 * Says where one logs in and what is asked for, and opens the browser when the user says so. It closes by itself when the
 * login is done. Closed before anybody was sent to the address, it takes the login back; closed later, the login goes on.
 */
export function LoginDialog({ server: { name, login: before }, begun, onAgain, onClose }: LoginDialogProps) {
  const { cancelLogin } = useActions();
  const { address, error } = useBegun(begun);
  const [leftFor, setLeftFor] = useState<Promise<LoginBegun> | null>(null);
  const left = leftFor === begun;
  const server = useHoldfast(({ servers }) => servers?.servers.find((one) => one.name === name) ?? null);
  const login = server?.login ?? null;
  const phase = useHoldfast(({ now }) => loginPhase({ begun: address, left, before: before.since, login, now }));
  const shown = showInvisible(name);

  useEffect(() => {
    if (phase === 'gone') onClose();
    if (phase !== 'done') return;
    const account = login?.account ?? null;
    toast({
      title: t('login.done', { name: shown }),
      ...(account !== null && { detail: t('login.done_as', { account: showInvisible(account) }) }),
    });
    onClose();
  }, [phase, login, shown, onClose]);

  const cancel = () => {
    onClose();
    const takeBack = () =>
      cancelLogin(name).catch((failure) => toastError(t('login.cancel_failed', { name: shown }), failure));
    // It may still be on its way; one that could not begin needs no end.
    begun.then(takeBack, () => {});
  };
  const isUnused = phase === 'ready' || (phase === 'asking' && error === null);
  const url = address && browserAddress(address.url);
  return (
    <Dialog
      open
      onClose={isUnused ? cancel : onClose}
      title={
        url ? t('login.dialog.title_at', { name: shown, host: url.host }) : t('login.dialog.title', { name: shown })
      }
    >
      <div className="flex min-h-36 flex-col gap-4">
        {phase === 'asking' && error === null && (
          <p role="status" className="text-ink-2">
            {t('login.dialog.asking', { name: shown })}
          </p>
        )}
        {error !== null && <ErrorNote error={error} />}
        {address && !url && (
          <p role="alert" className="text-danger">
            {t('login.dialog.unsafe', { name: shown })}
          </p>
        )}
        {address && url && (phase === 'ready' || phase === 'waiting') && (
          <Where address={address} url={url} name={shown} />
        )}
        <Waiting phase={phase} problem={login?.problem ?? null} held={login ? heldWords(login) : ''} />
        <div className="mt-auto flex flex-wrap items-center justify-end gap-2">
          {phase === 'ready' || phase === 'waiting' ? (
            <>
              <Button onClick={cancel}>{t(phase === 'waiting' ? 'login.cancel' : 'login.dialog.cancel')}</Button>
              {url && (
                <>
                  <CopyButton
                    text={url.href}
                    label={t('login.dialog.copy')}
                    size="md"
                    onCopied={() => setLeftFor(begun)}
                  />
                  <BrowserLink
                    href={url.href}
                    icon={<ExternalLink size={15} aria-hidden />}
                    onClick={() => setLeftFor(begun)}
                  >
                    {t(left ? 'login.dialog.open_again' : 'login.dialog.open')}
                  </BrowserLink>
                </>
              )}
            </>
          ) : (
            <>
              <Button onClick={isUnused ? cancel : onClose}>
                {t(isUnused ? 'login.dialog.cancel' : 'login.dialog.close')}
              </Button>
              {server && (error !== null || phase === 'late' || phase === 'over') && (
                <Button variant="primary" onClick={() => onAgain(server)}>
                  {t('login.dialog.try_again')}
                </Button>
              )}
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

interface Outcome {
  readonly address: LoginBegun | null;
  readonly error: unknown;
}
const NOTHING_YET: Outcome = { address: null, error: null };

/** What beginning the login has led to so far. */
function useBegun(begun: Promise<LoginBegun>): Outcome {
  const [outcome, setOutcome] = useState({ of: begun, ...NOTHING_YET });
  useEffect(() => {
    let dropped = false;
    begun.then(
      (address) => !dropped && setOutcome({ of: begun, address, error: null }),
      (error: unknown) => !dropped && setOutcome({ of: begun, address: null, error }),
    );
    return () => {
      dropped = true;
    };
  }, [begun]);
  return outcome.of === begun ? outcome : NOTHING_YET;
}

/** The host, in full: it is what the user has to recognize. */
function Where({ address, url, name }: { address: LoginBegun; url: URL; name: string }) {
  const scopes = scopesAsked(url.href);
  const until = useHoldfast(({ now }) => clockWords(address.expires_at, now));
  return (
    <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">
      <dt className="text-ink-3">{t('login.dialog.opens')}</dt>
      <dd className="break-words">
        <span data-login-host translate="no" className="font-semibold text-base text-ink">
          {url.host}
        </span>
        <span className="block text-ink-2">{t('login.dialog.opens_note')}</span>
      </dd>
      {address.code !== null && (
        <>
          <dt className="text-ink-3">{t('login.dialog.code')}</dt>
          <dd className="flex items-center gap-1">
            <code translate="no" className="font-mono text-base text-ink tracking-wider">
              {showInvisible(address.code)}
            </code>
            <CopyButton text={address.code} label={t('login.dialog.copy_code')} iconOnly />
          </dd>
        </>
      )}
      <dt className="text-ink-3">{t('login.dialog.asks_for')}</dt>
      <dd className="break-words">
        {scopes.length > 0 ? (
          <ScopeList scopes={scopes} label={t('login.dialog.scopes', { name })} />
        ) : (
          <span className="text-ink-2">{t('login.dialog.unnamed', { host: url.host })}</span>
        )}
      </dd>
      <dt className="text-ink-3">{t('login.dialog.until')}</dt>
      <dd className="text-ink-2">{t('login.dialog.until_note', { time: until })}</dd>
    </dl>
  );
}

/** One place for all that is said while the login goes on, so that it is read out when it changes. */
function Waiting({
  phase,
  problem,
  held,
}: {
  phase: ReturnType<typeof loginPhase>;
  problem: string | null;
  held: string;
}) {
  return (
    <div role="status" data-login-phase={phase} className="text-ink-2">
      {phase === 'waiting' && (
        <>
          <p className="font-medium text-ink">{t('login.dialog.waiting')}</p>
          <p>{t('login.dialog.closes')}</p>
          {held !== '' && <p>{held}</p>}
          <p>{t('login.dialog.no_page')}</p>
        </>
      )}
      {phase === 'late' && <p className="text-ink">{t('login.dialog.late')}</p>}
      {phase === 'over' && (
        <>
          <p className="font-medium text-ink">{t('login.dialog.over')}</p>
          {problem !== null && (
            <p className="break-words">
              <Said text={problem} />
            </p>
          )}
        </>
      )}
    </div>
  );
}
