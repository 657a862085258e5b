import { KeyRound, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { PatienceView } from '../../../shared/contract/calls';
import type { Client, ClientPolicy, NewProcess } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import type { VisibilityIndex } from '../../../shared/model/visibility';
import { formatNumber } from '../../format/number';
import { clientTypeWord } from '../../format/words';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { IconButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/dialog';
import { EmptyState } from '../../ui/empty-state';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';
import { Segmented } from '../../ui/segmented';
import { Switch } from '../../ui/switch';
import { Table, Td, Th, Tr } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { ClientViewDialog } from '../tools/client-view-dialog';
import { SeesButton } from '../tools/sees-button';
import { useVisibility } from '../tools/use-visibility';
import { openByClient } from './client-counts';
import { clientTable } from './client-export';
import type { FreshClient } from './new-client';
import { OldKeyRow } from './old-key-row';
import { PatienceButton } from './patience/patience-button';
import { PatienceDialog } from './patience/patience-dialog';
import { usePatience } from './patience/use-patience';
import { RenewKey } from './renew-key';

const POLICIES = [
  { value: 'sessionful', label: t('connect.policy.sessionful') },
  { value: 'stateless', label: t('connect.policy.stateless') },
] as const;

const NEW_PROCESS = (['new_session', 'last_session'] as const).map((value) => ({
  value,
  label: t(`connect.process.${value}`),
}));

/** Of the table below. */
const COLUMNS = 5;

const emphasized = (chunks: ReactNode) => <strong className="font-semibold text-ink">{chunks}</strong>;

/** Every client that holds a key: when it was last seen, its open sessions, and how to change or remove it. */
export function ClientList({ onRenewed }: { onRenewed(fresh: FreshClient): void }) {
  const clients = useHoldfast((state) => state.clients);
  const sessions = useHoldfast((state) => state.sessions);
  const open = useMemo(() => openByClient(sessions.values()), [sessions]);
  const [renewing, setRenewing] = useState<Client | null>(null);
  const [removing, setRemoving] = useState<Client | null>(null);
  const [seen, setSeen] = useState<Client | null>(null);
  const [timed, setTimed] = useState<Client | null>(null);
  const { index } = useVisibility();
  const { patience, replace } = usePatience();
  const timedPatience = timed && patience.get(timed.client_id);
  useIntent('connect', undefined, ({ id, act }) => {
    if (clients === null) return false;
    const client = clients.find(({ client_id }) => client_id === id) ?? null;
    if (act === 'remove') setRemoving(client);
    if (act === 'renew') setRenewing(client);
    if (act === 'sees') setSeen(client);
    return true;
  });
  return (
    <Card
      title={t('connect.clients.title')}
      bodyClassName="min-h-24"
      aside={
        clients &&
        clients.length > 0 && (
          <ExportMenu
            what="clients"
            formats={tableFormats(() => clientTable(clients, open))}
            iconLabel={t('export.label')}
          />
        )
      }
    >
      {clients?.length === 0 && (
        <EmptyState title={t('connect.clients.none')}>{t('connect.clients.none_about')}</EmptyState>
      )}
      {clients && clients.length > 0 && (
        <>
          <div className="scroll-area">
            <Table>
              <caption className="sr-only">{t('connect.clients.count', { count: clients.length })}</caption>
              <thead>
                <tr>
                  <Th>{t('connect.column.name')}</Th>
                  <Th>{t('connect.column.client')}</Th>
                  <Th>{t('connect.column.seen')}</Th>
                  <Th className="text-end">{t('connect.column.open')}</Th>
                  <Th>
                    <span className="sr-only">{t('connect.column.remove')}</span>
                  </Th>
                </tr>
              </thead>
              {clients.map((client) => (
                <tbody key={client.client_id} data-client-id={client.client_id}>
                  <ClientRow
                    client={client}
                    open={open.get(client.client_id) ?? 0}
                    index={index}
                    patience={patience.get(client.client_id)}
                    onTimed={() => setTimed(client)}
                    onSees={() => setSeen(client)}
                    onRenew={() => setRenewing(client)}
                    onRemove={() => setRemoving(client)}
                  />
                  <ClientChoices client={client} />
                  <OldKeyRow client={client} columns={COLUMNS} />
                </tbody>
              ))}
            </Table>
          </div>
          <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
            <RichMessage id="connect.policy.about" values={{ strong: emphasized }} />
          </p>
          <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
            <RichMessage id="connect.process.about" values={{ strong: emphasized }} />
          </p>
          <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
            <RichMessage id="connect.takes_over.about" values={{ strong: emphasized }} />
          </p>
        </>
      )}
      {seen && <ClientViewDialog client={seen} onClose={() => setSeen(null)} />}
      {timed && timedPatience && (
        <PatienceDialog client={timed} patience={timedPatience} onChanged={replace} onClose={() => setTimed(null)} />
      )}
      <RenewKey client={renewing} onClose={() => setRenewing(null)} onRenewed={onRenewed} />
      <RemoveClient
        client={removing}
        open={removing ? (open.get(removing.client_id) ?? 0) : 0}
        onClose={() => setRemoving(null)}
      />
    </Card>
  );
}

interface ClientRowProps {
  client: Client;
  open: number;
  index: VisibilityIndex | null;
  patience: PatienceView | undefined;
  onSees(): void;
  onTimed(): void;
  onRenew(): void;
  onRemove(): void;
}

function ClientRow({ client, open, index, patience, onSees, onTimed, onRenew, onRemove }: ClientRowProps) {
  const { client_id, name, type, type_name, last_seen_at } = client;
  return (
    <Tr>
      <th
        scope="row"
        translate="no"
        className="h-11 max-w-44 truncate px-3 text-start font-medium text-ink min-[1000px]:max-w-72"
      >
        {name}
      </th>
      <Td className="whitespace-nowrap py-1 text-ink-2">
        <span translate="no" className="block truncate">
          {type_name ?? clientTypeWord(type)}
        </span>
        <SeesButton client={client} index={index} onOpen={onSees} />
      </Td>
      <Td className="whitespace-nowrap py-1 text-ink-2">
        <span className="block">{last_seen_at === null ? t('connect.never') : <RelativeTime at={last_seen_at} />}</span>
        <PatienceButton name={name} patience={patience} onOpen={onTimed} />
      </Td>
      <Td numeric>
        {open === 0 ? (
          <span className="text-ink-3">0</span>
        ) : (
          <a
            href={routeHash({ view: 'sessions', id: null, params: { q: `id:${client_id}` } })}
            aria-label={t('connect.open_of', { count: open, name })}
            className="inline-flex min-h-6 min-w-6 items-center justify-end rounded text-accent hover:underline"
          >
            {formatNumber(open)}
          </a>
        )}
      </Td>
      <Td className="w-20 whitespace-nowrap text-end">
        <IconButton label={t('connect.renew_named', { name })} onClick={onRenew}>
          <KeyRound size={15} aria-hidden />
        </IconButton>
        <IconButton label={t('connect.remove_named', { name })} onClick={onRemove}>
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </Td>
    </Tr>
  );
}

/** What can be chosen for a client: below its row, as beside it there is no room for it in a narrow window. */
function ClientChoices({ client }: { client: Client }) {
  const { setClientPolicy, setNewProcess, setMayTakeOver } = useActions();
  const { client_id, name, policy, new_process } = client;
  const setPolicy = async (next: ClientPolicy) => {
    try {
      await setClientPolicy({ client_id, policy: next });
    } catch (error) {
      toastError(t('connect.policy.failed', { name }), error);
    }
  };
  const changeMayTakeOver = async (may_take_over: boolean) => {
    try {
      await setMayTakeOver({ client_id, may_take_over });
    } catch (error) {
      toastError(t('connect.takes_over.failed', { name }), error);
    }
  };
  const changeNewProcess = async (next: NewProcess) => {
    try {
      await setNewProcess({ client_id, new_process: next });
    } catch (error) {
      toastError(t('connect.process.failed', { name }), error);
    }
  };
  return (
    <tr>
      <Td colSpan={COLUMNS} className="pb-2.5">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-1.5 text-ink-3 text-xs">
          <Choice label={t('connect.column.process')}>
            <Segmented
              label={t('connect.process_of', { name })}
              value={new_process}
              options={NEW_PROCESS}
              onChange={(next) => void changeNewProcess(next)}
            />
          </Choice>
          <Choice label={t('connect.column.protocol')}>
            <Segmented
              label={t('connect.policy_of', { name })}
              value={policy}
              options={POLICIES}
              onChange={(next) => void setPolicy(next)}
            />
          </Choice>
          <Switch
            label={
              <span>
                {t('connect.takes_over')}
                <span translate="no" className="sr-only">
                  {` (${name})`}
                </span>
              </span>
            }
            checked={client.may_take_over}
            onChange={(next) => void changeMayTakeOver(next)}
          />
        </div>
      </Td>
    </tr>
  );
}

/** A choice with its name before it; the group inside says the name of the client, too. */
const Choice = ({ label, children }: { label: string; children: ReactNode }) => (
  <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
    <span aria-hidden>{label}</span>
    {children}
  </span>
);

function RemoveClient({ client, open, onClose }: { client: Client | null; open: number; onClose(): void }) {
  const { removeClient } = useActions();
  // The dialog keeps its text while it fades out.
  const [last, setLast] = useState(client);
  if (client && client !== last) setLast(client);
  const name = last?.name ?? '';
  const remove = async () => {
    if (!client) return;
    await removeClient(client.client_id);
    toast({ title: t('connect.removed', { name: client.name }) });
  };
  return (
    <ConfirmDialog
      open={client !== null}
      onClose={onClose}
      danger
      title={t('connect.remove.title', { name })}
      effects={[t('connect.remove.key'), t('connect.remove.sessions', { count: open }), t('connect.remove.past')]}
      action={t('connect.remove.action')}
      onConfirm={remove}
    />
  );
}
