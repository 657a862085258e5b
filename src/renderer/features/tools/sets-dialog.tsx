import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../../shared/messages/language';
import { addressOfSet } from '../../../shared/model/mcp-address';
import type { ToolSet } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { ConfirmDialog, Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { toast } from '../../ui/toast';
import { SetForm } from './set-form';
import { useVisibility } from './use-visibility';

/** All sets: what is in them, who sees them, and how to make, change and delete them. */
export function SetsDialog({ onClose }: { onClose(): void }) {
  const { loadClients, removeSet } = useActions();
  const { index, error } = useVisibility();
  const [edited, setEdited] = useState<ToolSet | 'new' | null>(null);
  const [deleted, setDeleted] = useState<ToolSet | null>(null);
  useEffect(() => {
    loadClients().catch(() => undefined);
  }, [loadClients]);
  if (edited !== null) {
    const set = edited === 'new' ? null : edited;
    return <SetForm set={set} onClose={onClose} onBack={() => setEdited(null)} />;
  }
  const sets = index?.state.sets ?? [];
  const choosers = index?.state.chosen.filter(({ set }) => set === deleted?.name).length ?? 0;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('sets.title')}
      description={t('sets.about')}
      footer={
        <Button variant="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setEdited('new')}>
          {t('sets.new')}
        </Button>
      }
    >
      <div className="flex min-h-40 flex-col gap-2">
        {error !== null && <ErrorNote error={error} />}
        {index && sets.length === 0 && <p className="text-ink-3">{t('sets.none')}</p>}
        <ul className="flex flex-col gap-2">
          {sets.map((set) => (
            <SetRow key={set.name} set={set} onEdit={() => setEdited(set)} onDelete={() => setDeleted(set)} />
          ))}
        </ul>
      </div>
      <ConfirmDialog
        open={deleted !== null}
        onClose={() => setDeleted(null)}
        danger
        title={t('sets.delete.title', { name: deleted?.name ?? '' })}
        effects={[t('sets.delete.address'), t('sets.delete.chosen', { count: choosers })]}
        action={t('sets.delete.action')}
        onConfirm={async () => {
          if (!deleted) return;
          await removeSet(deleted.name);
          toast({ title: t('sets.deleted', { name: deleted.name }) });
        }}
      />
    </Dialog>
  );
}

function SetRow({ set, onEdit, onDelete }: { set: ToolSet; onEdit(): void; onDelete(): void }) {
  const { name, parts } = set;
  const url = useHoldfast((state) => state.app?.url);
  const chosen = useHoldfast((state) => state.visibility?.chosen);
  const clients = useHoldfast((state) => state.clients);
  const address = `${url ?? ''}/mcp/${addressOfSet(name)}`;
  const users = chosen?.filter((one) => one.set === name).map(({ client_id }) => client_id) ?? [];
  const names = clients?.filter(({ client_id }) => users.includes(client_id)).map((one) => showInvisible(one.name));
  const hidden = { name, hidden: (chunks: React.ReactNode) => <span className="sr-only">{chunks}</span> };
  return (
    <li data-set={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-md border border-line px-3 py-2">
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-3">
          <span translate="no" className="font-medium text-ink">
            {name}
          </span>
          <span className="text-ink-3 text-sm">
            {t('sets.contents', { servers: new Set(parts.map(({ server }) => server)).size })}
          </span>
        </span>
        <span className="flex items-center gap-1">
          <code translate="no" className="min-w-0 truncate font-mono text-ink-2 text-xs">
            {address}
          </code>
          <CopyButton text={address} label={t('sets.copy', { name })} iconOnly variant="ghost" />
        </span>
        {names && names.length > 0 && (
          <span className="block text-ink-2 text-sm">{t('sets.used_by', { clients: names.join(', ') })}</span>
        )}
      </span>
      <Button size="sm" onClick={onEdit}>
        <RichMessage id="sets.edit" values={hidden} />
      </Button>
      <Button size="sm" onClick={onDelete}>
        <RichMessage id="sets.delete" values={hidden} />
      </Button>
    </li>
  );
}
