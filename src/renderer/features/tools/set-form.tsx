import { type FormEvent, useCallback, useId, useRef, useState } from 'react';
import type { ListedItem, ListedItems } from '../../../shared/contract/visibility';
import { t } from '../../../shared/messages/language';
import { addressOfSet, SET_NAME } from '../../../shared/model/mcp-address';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { partKey, type ServerPart, type ToolSet } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { Field } from '../../ui/field';
import { focusInvalid } from '../../ui/focus-invalid';
import { Segmented } from '../../ui/segmented';
import { toast } from '../../ui/toast';
import { useLeaving } from '../../ui/use-leaving';
import { filterItems } from './filter-items';
import { ItemFilter } from './item-filter';
import { ItemList } from './item-list';

const PACE: Pace = { afterEvents: SECOND, anyway: MINUTE, isNews: ({ kind }) => kind.startsWith('server_') };
/** So many are found at a glance; more can be filtered. */
const FEW = 8;

interface SetFormProps {
  /** The set that is changed; null for a new one. */
  set: ToolSet | null;
  onClose(): void;
  /** It was saved, or left as it was. */
  onBack(): void;
}

/** The same for the same parts, in whatever order they were chosen. */
const contentOf = (parts: readonly ServerPart[]): string =>
  JSON.stringify(parts.map((part) => [part.server, partKey(part)]).sort());

/** Makes a set, or changes its name and what is in it. */
export function SetForm({ set, onClose, onBack }: SetFormProps) {
  const { saveSet } = useActions();
  const id = useId();
  const url = useHoldfast((state) => state.app?.url);
  const servers = useHoldfast((state) => state.servers?.servers) ?? [];
  const [name, setName] = useState(set?.name ?? '');
  const [parts, setParts] = useState<readonly ServerPart[]>(set?.parts ?? []);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { leave, question } = useLeaving(
    name !== (set?.name ?? '') || contentOf(parts) !== contentOf(set?.parts ?? []),
    set ? t('sets.form.discard_edit', { name: set.name }) : t('sets.form.discard_new'),
  );
  const isWrong = name !== '' && !(name.length <= SET_NAME.longest && SET_NAME.pattern.test(name));
  const isRenamed = set !== null && name !== set.name;
  // A server that is gone stays in a set until somebody takes it out.
  const names = [...new Set([...servers.map((server) => server.name), ...parts.map(({ server }) => server)])];
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (name === '' || isWrong) {
      setMissing(name === '');
      focusInvalid(form.current);
      return;
    }
    setBusy(true);
    try {
      await saveSet({ name, parts: [...parts], replaces: set?.name ?? null });
      toast({ title: t('sets.saved', { name }) });
      onBack();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      wide
      onClose={() => leave(onClose)}
      title={set === null ? t('sets.form.new') : t('sets.form.edit', { name: set.name })}
      footer={
        <>
          <Button onClick={() => leave(onBack)}>{t('sets.form.back')}</Button>
          <Button variant="primary" type="submit" form={id} disabled={busy}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      {question}
      <form id={id} ref={form} className="flex min-h-[50vh] flex-col gap-3" onSubmit={(event) => void save(event)}>
        {error !== null && <ErrorNote error={error} />}
        <Field
          label={t('sets.form.name')}
          value={name}
          onChange={(next) => {
            setName(next);
            setMissing(false);
          }}
          maxLength={SET_NAME.longest}
          autoComplete="off"
          spellCheck={false}
          hint={
            isRenamed
              ? t('sets.form.renamed')
              : name !== '' && t('sets.form.name_hint', { address: `${url ?? ''}/mcp/${addressOfSet(name)}` })
          }
          error={isMissing ? t('sets.form.no_name') : isWrong && t('sets.form.wrong_name')}
        />
        {names.length === 0 && <p className="text-ink-3">{t('sets.form.no_servers')}</p>}
        {names.map((server) => (
          <ServerInSet key={server} server={server} parts={parts} onChange={setParts} />
        ))}
      </form>
    </Dialog>
  );
}

type Share = 'nothing' | 'some' | 'all';
const SHARES = (['nothing', 'some', 'all'] as const).map((value) => ({ value, label: t(`sets.form.${value}`) }));

interface ServerInSetProps {
  server: string;
  parts: readonly ServerPart[];
  onChange(parts: readonly ServerPart[]): void;
}

/** How much of one server is in the set. */
function ServerInSet({ server, parts, onChange }: ServerInSetProps) {
  const own = parts.filter((part) => part.server === server);
  const others = parts.filter((part) => part.server !== server);
  const isWhole = own.some(({ name }) => name === null);
  const [isOpen, setOpen] = useState(false);
  const share: Share = isWhole ? 'all' : own.length > 0 || isOpen ? 'some' : 'nothing';
  const choose = (next: Share) => {
    setOpen(next === 'some');
    onChange(next === 'all' ? [...others, { server, kind: null, name: null }] : others);
  };
  return (
    <div data-server-in-set={server} className="flex flex-col gap-2 rounded-md border border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span translate="no" className="min-w-0 truncate font-medium text-ink">
          {showInvisible(server)}
        </span>
        <span className="ms-auto">
          <Segmented
            label={t('sets.form.of', { server: showInvisible(server) })}
            value={share}
            options={SHARES}
            onChange={choose}
          />
        </span>
      </div>
      {share === 'some' && <SomeItems server={server} own={own} onChange={(next) => onChange([...others, ...next])} />}
    </div>
  );
}

interface SomeItemsProps {
  server: string;
  own: readonly ServerPart[];
  onChange(own: readonly ServerPart[]): void;
}

function SomeItems({ server, own, onChange }: SomeItemsProps) {
  const { loadItems } = useActions();
  const [listed, setListed] = useState<ListedItems | null>(null);
  const [filter, setFilter] = useState('');
  const load = useCallback(async () => setListed(await loadItems(server)), [loadItems, server]);
  const error = useRefresh(load, PACE);
  const keys = new Set(own.map(partKey));
  const partOf = ({ kind, name }: ListedItem): ServerPart => ({ server, kind, name });
  const items = listed?.items ?? [];
  const found = filterItems(items, filter);
  return (
    <>
      {error !== null && <ErrorNote error={error} />}
      {listed && items.length === 0 && <p className="text-ink-3 text-sm">{t('sets.form.unknown')}</p>}
      {items.length > FEW && <ItemFilter value={filter} onChange={setFilter} />}
      <ItemList
        items={found}
        isShown={(item) => keys.has(partKey(partOf(item)))}
        onChange={(item, shown) => {
          const rest = own.filter((part) => partKey(part) !== partKey(partOf(item)));
          onChange(shown ? [...rest, partOf(item)] : rest);
        }}
      />
      {listed && items.length > 0 && found.length === 0 && <p className="text-ink-3 text-sm">{t('tools.no_match')}</p>}
    </>
  );
}
