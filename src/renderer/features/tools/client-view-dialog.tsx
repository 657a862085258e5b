import { type ReactNode, useCallback, useState } from 'react';
import type { Client } from '../../../shared/contract/client';
import type { ClientView } from '../../../shared/contract/visibility';
import { t } from '../../../shared/messages/language';
import { roundedTokens } from '../../../shared/model/token-estimate';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { showInvisible } from '../../../shared/visible-text';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { cx } from '../../ui/cx';
import { Dialog } from '../../ui/dialog';
import { ErrorNote } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { RichMessage } from '../../ui/rich-message';
import { Segmented } from '../../ui/segmented';
import { toastError } from '../../ui/toast';

const PACE: Pace = {
  afterEvents: SECOND / 4,
  anyway: MINUTE / 2,
  isNews: ({ kind }) => kind === 'visibility_changed' || kind.startsWith('server_'),
};

const HOW = (['listed', 'search'] as const).map((value) => ({ value, label: t(`sees.how.${value}`) }));

/** What one client sees: its set, how much that is, and what is hidden and why. */
export function ClientViewDialog({ client, onClose }: { client: Client; onClose(): void }) {
  const { loadClientView } = useActions();
  const { client_id } = client;
  const [view, setView] = useState<ClientView | null>(null);
  const load = useCallback(async () => setView(await loadClientView(client_id)), [loadClientView, client_id]);
  const error = useRefresh(load, PACE);
  const name = showInvisible(client.name);
  return (
    <Dialog open wide onClose={onClose} title={t('sees.title', { name })}>
      <div className="flex min-h-[50vh] flex-col gap-4">
        {error !== null && <ErrorNote error={error} />}
        {view && (
          <>
            <Choice client={client} view={view} onChosen={() => void load().catch(() => undefined)} />
            <p className="text-ink-2">
              <RichMessage id="sees.count" values={{ shown: view.shown, all: view.all, strong: emphasized }} />
            </p>
            {view.all === 0 && <p className="text-ink-3 text-sm">{t('sees.none')}</p>}
            <div className="flex flex-col gap-1">
              {view.servers.map((one) => (
                <ServerSeen key={one.server} seen={one} />
              ))}
            </div>
            <p className="text-ink-3 text-sm">{t('sees.change')}</p>
          </>
        )}
      </div>
    </Dialog>
  );
}

const emphasized = (chunks: ReactNode) => <strong className="font-semibold text-ink">{chunks}</strong>;

interface ChoiceProps {
  client: Client;
  view: ClientView;
  onChosen(): void;
}

/** What a client sees at the address of all servers, and whether that is listed or found by a search. */
function Choice({ client, view, onChosen }: ChoiceProps) {
  const { chooseSet } = useActions();
  const sets = useHoldfast((state) => state.visibility?.sets);
  const { set, search, tokens } = view;
  const name = showInvisible(client.name);
  const choose = async (choice: { set: string | null; search: boolean }) => {
    try {
      await chooseSet({ client_id: client.client_id, ...choice });
      onChosen();
    } catch (failure) {
      toastError(t('sees.choose_failed', { name }), failure);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex items-center gap-2 text-ink-2 text-sm">
          <span className="shrink-0">{t('sees.choice')}</span>
          <select
            value={set ?? ''}
            onChange={(event) => void choose({ set: event.target.value || null, search })}
            className={cx(INPUT, 'h-7 w-auto text-sm')}
          >
            <option value="">{t('sees.choice.everything')}</option>
            {sets?.map((one) => (
              <option key={one.name} value={one.name} translate="no">
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <Segmented
          label={t('sees.how', { name })}
          value={search ? 'search' : 'listed'}
          options={HOW}
          onChange={(how) => void choose({ set, search: how === 'search' })}
        />
      </div>
      <p className="min-h-10 text-ink-2 text-sm">
        {t(search ? 'sees.how.search_about' : 'sees.how.listed_about', {
          listed: roundedTokens(tokens.listed),
          search: roundedTokens(tokens.search),
        })}
      </p>
    </div>
  );
}

function ServerSeen({ seen }: { seen: ClientView['servers'][number] }) {
  const { server, items, hidden, more } = seen;
  const shown = items.filter((item) => item.hidden === null).length;
  return (
    <details className="rounded-md border border-line px-3 py-1.5">
      <summary className="flex cursor-pointer list-none items-baseline gap-3">
        <span translate="no" className="min-w-0 truncate font-medium text-ink">
          {showInvisible(server)}
        </span>
        <span className="ms-auto shrink-0 text-ink-2 text-sm">
          {hidden === null ? t('sees.server', { shown, all: items.length + more }) : t(`tools.why.${hidden}`)}
        </span>
      </summary>
      <ul className="mt-1.5 flex flex-col gap-0.5 text-sm">
        {items.map(({ kind, name, hidden: why }) => (
          <li key={`${kind} ${name}`} className="flex flex-wrap items-baseline gap-x-3">
            <code
              translate="no"
              className={cx(
                'min-w-0 break-all font-mono text-xs',
                why === null ? 'text-ink' : 'text-ink-3 line-through',
              )}
            >
              {showInvisible(name)}
            </code>
            {why !== null && <span className="ms-auto text-ink-3 text-xs">{t(`tools.why.${why}`)}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
