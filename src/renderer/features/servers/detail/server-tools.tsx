import { useCallback, useEffect, useState } from 'react';
import type { Client } from '../../../../shared/contract/client';
import type { HiddenReason, ListedItem, ListedItems, ToolAdvice } from '../../../../shared/contract/visibility';
import { isoTime, type TableData } from '../../../../shared/export/table-file';
import { t } from '../../../../shared/messages/language';
import { roundedTokens } from '../../../../shared/model/token-estimate';
import { MINUTE, SECOND } from '../../../../shared/model/units';
import type { ServerPart, VisibilityIndex } from '../../../../shared/model/visibility';
import { showInvisible } from '../../../../shared/visible-text';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';
import { Button } from '../../../ui/button';
import { ErrorNote } from '../../../ui/error-note';
import { ExportMenu, tableFormats } from '../../../ui/export-menu';
import { RelativeTime } from '../../../ui/relative-time';
import { RichMessage } from '../../../ui/rich-message';
import { Switch } from '../../../ui/switch';
import { AdviceNote } from '../../tools/advice-note';
import { ClientChoice } from '../../tools/client-choice';
import { filterItems } from '../../tools/filter-items';
import { ItemFilter } from '../../tools/item-filter';
import { ItemList } from '../../tools/item-list';
import { changeShown } from '../../tools/set-shown';
import { useVisibility } from '../../tools/use-visibility';

const PACE: Pace = {
  afterEvents: SECOND,
  anyway: MINUTE / 2,
  isNews: ({ kind }) => kind.startsWith('server_') || kind === 'visibility_changed',
};
/** So many are found at a glance; more can be filtered. */
const FEW = 5;

/** What a server listed last, read without starting it, and who sees which of it. */
export function ServerTools({ name }: { name: string }) {
  const { loadItems, loadAdvice, loadClients } = useActions();
  const clients = useHoldfast((state) => state.clients);
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    loadClients().catch(() => undefined);
  }, [loadClients]);
  const client = clients?.find(({ client_id }) => client_id === chosen) ?? null;
  const [listed, setListed] = useState<ListedItems | null>(null);
  const [advice, setAdvice] = useState<ToolAdvice | null>(null);
  const load = useCallback(async () => {
    const [items, all] = await Promise.all([loadItems(name), loadAdvice()]);
    setListed(items);
    setAdvice(all.find(({ server }) => server === name) ?? null);
  }, [loadItems, loadAdvice, name]);
  const error = useRefresh(load, PACE);
  const visibility = useVisibility();
  const tools = listed?.items.filter(({ kind }) => kind === 'tool').length ?? 0;
  const isKnown = listed !== null && listed.changed_at !== null;
  return (
    <section aria-label={t('servers.tools')} className="flex flex-col gap-2">
      <h3 className="flex items-baseline justify-between gap-3 font-semibold text-ink">
        <span>{isKnown ? t('servers.tools_count', { count: tools }) : t('servers.tools')}</span>
        {listed?.changed_at != null && (
          <span className="flex items-center gap-2 font-normal text-ink-3 text-sm">
            <span>
              <RichMessage
                id="servers.tools_changed"
                values={{ time: <RelativeTime at={listed.changed_at} coarse /> }}
              />
            </span>
            <ExportMenu
              what="tools"
              formats={tableFormats(() => itemTable(filterItems(listed.items, filter), name, visibility.index, client))}
              iconLabel={t('tools.export')}
            />
          </span>
        )}
      </h3>
      {(error ?? visibility.error) !== null && <ErrorNote error={error ?? visibility.error} />}
      {listed?.changed_at === null && <p className="text-ink-3 text-sm">{t('servers.tools_unknown')}</p>}
      {isKnown && listed.items.length === 0 && <p className="text-ink-3 text-sm">{t('servers.tools_none')}</p>}
      {isKnown && advice && isOpen(advice, visibility.index) && <AdviceNote advice={advice} />}
      {isKnown && listed.items.length > 0 && (
        <Items
          {...{ server: name, listed, index: visibility.index, client, filter }}
          onClient={setChosen}
          onFilter={setFilter}
        />
      )}
    </section>
  );
}

/** Whether there is still something to hide: the next answer comes only after a while. */
const isOpen = ({ server, unused }: ToolAdvice, index: VisibilityIndex | null): boolean =>
  unused.some(({ name }) => index?.whyHidden({ client_id: '', set: null }, { server, kind: 'tool', name }) === null);

interface ItemsProps {
  server: string;
  listed: ListedItems;
  index: VisibilityIndex | null;
  /** For whom things are shown and hidden; null for all. */
  client: Client | null;
  filter: string;
  onClient(clientId: string | null): void;
  onFilter(filter: string): void;
}

function Items({ server, listed: { items, more, days }, index, client, filter, onClient, onFilter }: ItemsProps) {
  const actions = useActions();
  const viewer = { client_id: client?.client_id ?? '', set: null };
  const isShown = index && ((item: ListedItem) => index.whyHidden(viewer, { server, ...item }) === null);
  const found = filterItems(items, filter);
  const change = (parts: readonly ServerPart[], shown: boolean) =>
    void changeShown(actions, { server, parts, shown, client });
  const changeFound = (shown: boolean) =>
    change(
      found.map((item) => partOf(server, item)),
      shown,
    );
  const counted = { count: found.length, all: found.length === items.length ? 'yes' : 'no' };
  const hiddenFound = isShown ? found.filter((item) => !isShown(item)).length : 0;
  /** Only what the switches of the others say is worth a word. */
  const whyHidden = (item: ListedItem): HiddenReason | null => {
    const hidden = index?.whyHidden(viewer, { server, ...item }) ?? null;
    if (hidden?.by !== 'rule') return null;
    if (hidden.whole) return hidden.client ? 'server_for_client' : 'server_for_all';
    return client !== null && !hidden.client ? 'for_all' : null;
  };
  const tokens = tokensOf(items);
  const shown = isShown ? tokensOf(items.filter(isShown)) : tokens;
  return (
    <>
      {tokens > 0 && (
        <p className="text-ink-2 text-sm">
          {t(shown === tokens ? 'tools.tokens_all' : 'tools.tokens_shown', {
            tokens: roundedTokens(tokens),
            shown: roundedTokens(shown),
          })}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <ClientChoice value={client?.client_id ?? null} onChange={onClient} />
        <Switch
          checked={index === null || index.whyHiddenServer(viewer, server) === null}
          disabled={index === null}
          onChange={(shown) => change([{ server, kind: null, name: null }], shown)}
          label={t('tools.whole', { server: showInvisible(server) })}
        />
      </div>
      {items.length > FEW && (
        <>
          <ItemFilter value={filter} onChange={onFilter} />
          <div className="flex min-h-7 items-center gap-2 text-ink-3 text-sm">
            {found.length > 0 && (
              <>
                <Button
                  size="sm"
                  disabled={hiddenFound === found.length || index === null}
                  onClick={() => changeFound(false)}
                >
                  {t('tools.hide_found', counted)}
                </Button>
                <Button size="sm" disabled={hiddenFound === 0 || index === null} onClick={() => changeFound(true)}>
                  {t('tools.show_found', counted)}
                </Button>
                {hiddenFound > 0 && <span className="ms-auto">{t('tools.hidden_count', { count: hiddenFound })}</span>}
              </>
            )}
          </div>
        </>
      )}
      <ItemList
        items={found}
        isShown={isShown}
        whyHidden={whyHidden}
        days={days}
        onChange={(item, shown) => change([partOf(server, item)], shown)}
      />
      {found.length === 0 && <p className="text-ink-3 text-sm">{t('servers.tools_no_match')}</p>}
      {more > 0 && <p className="text-ink-3 text-sm">{t('servers.tools_more', { count: more })}</p>}
    </>
  );
}

/** The list, in its order: what is shown to all clients and to the chosen one, and how much it is used. */
function itemTable(
  items: readonly ListedItem[],
  server: string,
  index: VisibilityIndex | null,
  client: Client | null,
): TableData {
  const isShownTo = (client_id: string, { kind, name }: ListedItem) =>
    index === null ? null : index.whyHidden({ client_id, set: null }, { server, kind, name }) === null;
  return {
    columns: [
      ...['server', 'kind', 'name', 'description', 'tokens', 'calls', 'last_used'],
      ...['shown_to_all', 'client', 'shown_to_client'],
    ],
    rows: items.map((item) => [
      ...[server, item.kind, item.name, item.description, item.tokens, item.calls, isoTime(item.last_used)],
      ...[isShownTo('', item), client?.name ?? null, client && isShownTo(client.client_id, item)],
    ]),
  };
}

const tokensOf = (items: readonly ListedItem[]): number => items.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);

const partOf = (server: string, { kind, name }: ListedItem): ServerPart => ({ server, kind, name });
