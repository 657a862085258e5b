import { Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Client, ClientPolicy, NewProcess } from '../../../shared/contract/client';
import { formatCount, formatNumber } from '../../format/number';
import { clientTypeWord, NEW_PROCESS_WORDS } from '../../format/words';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useIntent } from '../../store/use-intent';
import { IconButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/dialog';
import { EmptyState } from '../../ui/empty-state';
import { RelativeTime } from '../../ui/relative-time';
import { Segmented } from '../../ui/segmented';
import { Table, Td, Th, Tr } from '../../ui/table';
import { toast, toastError } from '../../ui/toast';
import { openByClient } from './client-counts';

const POLICIES = [
  { value: 'sessionful', label: 'Sessions' },
  { value: 'stateless', label: 'Stateless' },
] as const;

const NEW_PROCESS = (['new_session', 'last_session'] as const).map((value) => ({
  value,
  label: NEW_PROCESS_WORDS[value],
}));

/** Every client that holds a key: when it was last seen, its open sessions, and how to change or remove it. */
export function ClientList() {
  const clients = useHoldfast((state) => state.clients);
  const sessions = useHoldfast((state) => state.sessions);
  const open = useMemo(() => openByClient(sessions.values()), [sessions]);
  const [removing, setRemoving] = useState<Client | null>(null);
  useIntent('connect', undefined, ({ id, act }) => {
    if (clients === null) return false;
    if (act === 'remove') setRemoving(clients.find(({ client_id }) => client_id === id) ?? null);
    return true;
  });
  return (
    <Card title="Clients" bodyClassName="min-h-24">
      {clients?.length === 0 && (
        <EmptyState title="No client has a key yet">Create one above; it takes a minute.</EmptyState>
      )}
      {clients && clients.length > 0 && (
        <>
          <div className="scroll-area">
            <Table>
              <caption className="sr-only">{formatCount(clients.length, 'client')}</caption>
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>Client</Th>
                  <Th>Last seen</Th>
                  <Th className="text-right">Open sessions</Th>
                  <Th>New process</Th>
                  <Th>Protocol</Th>
                  <Th>
                    <span className="sr-only">Remove</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {clients.map((client) => (
                  <ClientRow
                    key={client.client_id}
                    client={client}
                    open={open.get(client.client_id) ?? 0}
                    onRemove={() => setRemoving(client)}
                  />
                ))}
              </tbody>
            </Table>
          </div>
          <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
            <strong className="font-semibold text-ink">Sessions</strong>, the default, gives each window of the client a
            session of its own, which survives drops and restarts.{' '}
            <strong className="font-semibold text-ink">Stateless</strong> also offers it the 2026-07-28 protocol, which
            has no sessions: choose it only for a client that asks for it. A change takes effect when the client next
            connects.
          </p>
          <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
            <strong className="font-semibold text-ink">New process</strong> says what a client gets when it was ended
            and is started again: a new session, for programs with many chats side by side, or the last session of the
            same folder. A client that is still running always keeps its own session.
          </p>
        </>
      )}
      <RemoveClient
        client={removing}
        open={removing ? (open.get(removing.client_id) ?? 0) : 0}
        onClose={() => setRemoving(null)}
      />
    </Card>
  );
}

function ClientRow({ client, open, onRemove }: { client: Client; open: number; onRemove(): void }) {
  const { setClientPolicy, setNewProcess } = useActions();
  const { client_id, name, type, type_name, policy, new_process, last_seen_at } = client;
  const setPolicy = async (next: ClientPolicy) => {
    try {
      await setClientPolicy({ client_id, policy: next });
    } catch (error) {
      toastError(`Could not change the protocol of ${name}`, error);
    }
  };
  const changeNewProcess = async (next: NewProcess) => {
    try {
      await setNewProcess({ client_id, new_process: next });
    } catch (error) {
      toastError(`Could not change what a new process of ${name} gets`, error);
    }
  };
  return (
    <Tr data-client-id={client_id} className="hover:bg-hover">
      <th scope="row" className="h-11 max-w-44 truncate px-3 text-left font-medium text-ink min-[1000px]:max-w-72">
        {name}
      </th>
      <Td className="whitespace-nowrap text-ink-2">{type_name ?? clientTypeWord(type)}</Td>
      <Td className="whitespace-nowrap text-ink-2">
        {last_seen_at === null ? 'Never' : <RelativeTime at={last_seen_at} />}
      </Td>
      <Td numeric>
        {open === 0 ? (
          <span className="text-ink-3">0</span>
        ) : (
          <a
            href={routeHash({ view: 'sessions', id: null, params: { q: `id:${client_id}` } })}
            aria-label={`${formatCount(open, 'open session')} of ${name}`}
            className="inline-flex min-h-6 min-w-6 items-center justify-end rounded text-accent hover:underline"
          >
            {formatNumber(open)}
          </a>
        )}
      </Td>
      <Td>
        <Segmented
          label={`New process of ${name}`}
          value={new_process}
          options={NEW_PROCESS}
          onChange={(next) => void changeNewProcess(next)}
        />
      </Td>
      <Td>
        <Segmented
          label={`Protocol of ${name}`}
          value={policy}
          options={POLICIES}
          onChange={(next) => void setPolicy(next)}
        />
      </Td>
      <Td className="w-12 text-right">
        <IconButton label={`Remove ${name}`} onClick={onRemove}>
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </Td>
    </Tr>
  );
}

function RemoveClient({ client, open, onClose }: { client: Client | null; open: number; onClose(): void }) {
  const { removeClient } = useActions();
  // The dialog keeps its text while it fades out.
  const [last, setLast] = useState(client);
  if (client && client !== last) setLast(client);
  const name = last?.name ?? '';
  const remove = async () => {
    if (!client) return;
    await removeClient(client.client_id);
    toast({ title: `${client.name} was removed` });
  };
  return (
    <ConfirmDialog
      open={client !== null}
      onClose={onClose}
      danger
      title={`Remove ${name}?`}
      effects={[
        'Its key stops working at once and cannot be restored.',
        open > 0
          ? `Its ${formatCount(open, 'open session')} ${open === 1 ? 'ends' : 'end'} for good; nobody can come back to ${open === 1 ? 'it' : 'them'}.`
          : 'It has no open sessions.',
        'Its past sessions stay visible in Sessions and History.',
      ]}
      action="Remove client"
      onConfirm={remove}
    />
  );
}
