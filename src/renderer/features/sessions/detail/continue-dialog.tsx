import { useEffect, useState } from 'react';
import type { Client } from '../../../../shared/contract/client';
import type { Session, SharingRole } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { invitationText } from '../../../../shared/model/invitation';
import { DEFAULT_POLICY } from '../../../../shared/model/policy';
import { isAttached } from '../../../../shared/model/session';
import { HOUR } from '../../../../shared/model/units';
import { sessionName } from '../../../format/words';
import { routeHash } from '../../../store/route';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { CopyButton } from '../../../ui/copy-button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { RadioCard } from '../../../ui/radio-card';
import { Segmented } from '../../../ui/segmented';

const WAYS = (['connection', 'invitation'] as const).map((value) => ({ value, label: t(`session.continue.${value}`) }));
type Way = (typeof WAYS)[number]['value'];

const ASKED = [
  { value: 'host' as const, label: t('session.share.asks.here') },
  { value: 'guest' as const, label: t('session.share.asks.there') },
];

/**
 * Offers a session to another client, or to another process of its own: to take it over, or to share its servers. An invitation
 * lives in this component's state while the dialog is open and nowhere else.
 */
export function ContinueDialog({
  session,
  offers,
  onClose,
}: {
  session: Session;
  offers: 'continue' | 'share';
  onClose(): void;
}) {
  const { offerSession, loadApp, loadClients } = useActions();
  const hours = useHoldfast(({ app }) => app?.retention_hours ?? DEFAULT_POLICY.retention / HOUR);
  const clients = useHoldfast((state) => state.clients);
  const [chosen, setChosen] = useState<string | null>(null);
  const [way, setWay] = useState<Way>('connection');
  const [asks, setAsks] = useState<SharingRole>('host');
  const [invitation, setInvitation] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Another window may have changed what a client may do.
    loadClients().catch(setError);
    loadApp().catch(() => undefined);
  }, [loadApp, loadClients]);

  const allowed = (clients ?? []).filter(
    (client) => mayContinue(client, session) && (offers === 'continue' || client.policy === 'sessionful'),
  );
  const client = allowed.find(({ client_id }) => client_id === chosen) ?? null;

  const offer = async () => {
    if (!client) return;
    setBusy(true);
    setError(null);
    try {
      const invited = way === 'invitation';
      const { session_id } = session;
      const share = offers === 'share' ? { share: asks } : {};
      const offered = await offerSession({ session_id, client_id: client.client_id, invited, ...share });
      if (offered.invitation === null) onClose();
      setInvitation(offered.invitation);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`session.${offers}.title`, { name: sessionName(session) })}
      description={t(`session.${offers}.text`)}
    >
      {invitation !== null && client ? (
        <Invitation
          client={client.name}
          text={invitationText(session.session_id, invitation, offers === 'share')}
          onClose={onClose}
        />
      ) : (
        <div className="flex flex-col gap-4">
          {error !== null && <ErrorNote error={error} />}
          {clients !== null && allowed.length === 0 ? (
            <p className="text-ink-2">
              {t('session.continue.nobody')}{' '}
              <a
                href={routeHash({ view: 'connect', id: null, params: {} })}
                className="rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid"
              >
                {t('session.continue.allow')}
              </a>
            </p>
          ) : (
            <>
              <ClientChoice
                label={t(`session.${offers}.where`)}
                clients={allowed}
                owner={session.client_id}
                value={chosen}
                onChange={setChosen}
              />
              <Segmented label={t('session.continue.way')} value={way} options={WAYS} onChange={setWay} />
              <p className="min-h-15 text-ink-2 text-sm">
                {way === 'invitation' && client?.policy === 'stateless'
                  ? t('session.continue.invitation.shared', { client: client.name, hours })
                  : t(`session.${offers}.${way}.text`)}
              </p>
              {session.era === 'stateless' && <p className="text-ink-2 text-sm">{t('session.continue.shared_here')}</p>}
              {way === 'connection' && client?.policy === 'stateless' && (
                <p className="text-ink-2 text-sm">
                  {t('session.continue.shared_there', { client: client.name, hours })}
                </p>
              )}
              {offers === 'share' && (
                <div className="flex flex-col gap-1.5">
                  <p className="font-medium text-ink text-sm">{t('session.share.asks')}</p>
                  <Segmented label={t('session.share.asks')} value={asks} options={ASKED} onChange={setAsks} />
                  <p className="text-ink-2 text-sm">{t('session.share.asks.hint')}</p>
                </div>
              )}
            </>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button variant="primary" disabled={busy || client === null} onClick={() => void offer()}>
              {way === 'invitation' ? t('session.continue.invite') : t(`session.${offers}.offer`)}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** Whom a session can be offered to: clients that may take over, and its own, for another process of it. */
const mayContinue = ({ client_id, may_take_over, policy }: Client, session: Session): boolean =>
  client_id === session.client_id ? policy === 'sessionful' || !isAttached(session.status) : may_take_over;

function ClientChoice({
  label,
  clients,
  owner,
  value,
  onChange,
}: {
  label: string;
  clients: readonly Client[];
  owner: string;
  value: string | null;
  onChange(clientId: string): void;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-ink text-sm">{label}</legend>
      <div className="scroll-area flex max-h-44 flex-col gap-2 p-0.5">
        {clients.map(({ client_id, name }) => (
          <RadioCard
            key={client_id}
            name="continue-in"
            value={client_id}
            checked={client_id === value}
            onChoose={() => onChange(client_id)}
          >
            <span translate="no" className="min-w-0 truncate">
              {name}
            </span>
            {client_id === owner && <span className="font-normal text-ink-3">{t('session.continue.own')}</span>}
          </RadioCard>
        ))}
      </div>
    </fieldset>
  );
}

function Invitation({ client, text, onClose }: { client: string; text: string; onClose(): void }) {
  return (
    <>
      <p className="mb-1 text-ink-2 text-sm">{t('session.continue.shown_once', { client })}</p>
      <code
        data-secret
        translate="no"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must be reachable by keyboard, to scroll and select it
        tabIndex={0}
        className="scroll-area block max-h-48 select-all break-all rounded-md border border-line bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </code>
      <div className="mt-4 flex justify-end gap-2">
        <CopyButton text={text} label={t('session.continue.copy')} variant="primary" />
        <Button size="sm" onClick={onClose}>
          {t('ui.done')}
        </Button>
      </div>
    </>
  );
}
